# Input functions: what reports and tables gather from loops and groups.


def physics_of(wildcards):
    """How a loop's best policy fares in other physics; nothing where none is asked for."""
    asked = experiment(wildcards).loop.evaluation.physics
    return filled(SEED.physics, **wildcards) if asked else []


def of_loops(path):
    """A path of every loop."""
    return [filled(path, experiment=name, seed=seed) for name, seed in LOOPS]


def each_iteration(path):
    """A file of every iteration of a loop."""
    return lambda wildcards: [
        filled(path, **wildcards, n=n) for n in graph(wildcards).nodes
    ]


def loop_in_words(wildcards):
    """What a loop's page describes."""
    own = experiment(wildcards)
    return {
        "experiment": own.name,
        "seed": int(wildcards.seed),
        "robot": own.robot,
        **({} if own.practice == own.robot else {"practice": own.practice}),
        "video": own.video,
        "method": own.method.description,
        "iterations": own.loop.iterations,
        **({} if is_greedy(own.name) else {"search": own.loop.search.model_dump()}),
        "samples": own.loop.samples,
        "base": base_name(int(wildcards.seed), PLAN.base_seeds),
        "provider": own.loop.llm.provider,
        "critic": critic_section(own.method),
        **({"tuning": True} if own.loop.tuning else {}),
        **({"physics": True} if own.loop.evaluation.physics else {}),
    }


def all_critiques(wildcards):
    """The critiques of a loop's rounds but the last, which no prompt would read; none for methods without."""
    if not critic(wildcards):
        return []
    loop = experiment(wildcards).loop
    shown = shown_later(loop.search, loop.iterations)
    return [filled(ITERATION.critique, **wildcards, n=n) for n in shown]


def all_tunings(wildcards):
    """The tunings after a loop's rounds but the last; none without tuning."""
    if experiment(wildcards).loop.tuning is None:
        return []
    return [
        filled(ITERATION.tuning, **wildcards, n=n) for n in graph(wildcards).continued
    ]


def all_pictures(wildcards):
    """The pictures of all of a loop's rounds; none for methods without a critique."""
    return each_iteration(ITERATION.pictures)(wildcards) if critic(wildcards) else []


def members(group):
    """The experiments of a group."""
    return [e for e in PLAN.experiments.values() if e.group == group]


def of_group(path, which=members):
    """A path of every loop of a group, each once; `{n}` is the loop's last iteration."""
    return lambda wildcards: list(
        dict.fromkeys(
            filled(
                path,
                experiment=e.name,
                video=e.video,
                seed=seed,
                n=_graph(e.name).last,
            )
            for e in which(wildcards.group)
            for seed in e.loop.seeds
        )
    )


def judged_elsewhere(group):
    """The experiments of a group whose best policies are judged in other physics."""
    return [e for e in members(group) if e.loop.evaluation.physics]


def of_several_clips(group):
    """The experiments of a group whose robot learns several clips with the same task."""
    clips = {(e.practice, e.video) for e in members(group)}
    practices = [practice for practice, _ in clips]
    return [e for e in members(group) if practices.count(e.practice) > 1]


def siblings(wildcards):
    """For each clip that the experiment's robot learns with its task in its group, one experiment that learns it."""
    own = experiment(wildcards)
    found = {own.video: own}
    for one in members(own.group):
        if one.practice == own.practice:
            found.setdefault(one.video, one)
    return [found[video] for video in sorted(found)]


def of_every_round(path):
    """A path of every round of a group's loops, each once."""
    return lambda wildcards: list(
        dict.fromkeys(
            filled(path, experiment=e.name, seed=seed, n=n)
            for e in members(wildcards.group)
            for seed in e.loop.seeds
            for n in _graph(e.name).nodes
        )
    )


def between_methods(wildcards):
    """People's choices between the films of a group's methods, once there are any."""
    path = Path(filled(LAYOUT.tables("{group}").preferences, group=wildcards.group))
    return str(path) if path.exists() else []
