# Input functions: judging motions and judges, selection, and what people prefer.


def judged():
    """The experiments whose critic is tested: those that have one, else all, with the section vlm."""
    with_critic = [
        name for name, e in PLAN.experiments.items() if critic_section(e.method)
    ]
    return with_critic or list(PLAN.experiments)


def judge(wildcards):
    """The settings of the judge that is tested; one that cannot judge, or must not see the video, ends the run."""
    own = experiment(wildcards)
    try:
        return judge_of(own, PLAN.videos[own.video], PLAN.results)
    except UserError as error:
        raise SystemExit(f"error: {error}")


def each_known(path):
    """A file of every known motion; other wildcards stay."""
    return [str(path).replace("{motion}", motion.name) for motion in KNOWN]


def judge_answers(wildcards):
    """The files with a person's scores, those that exist."""
    if judge(wildcards).provider != "manual":
        return []
    paths = [
        Path(filled(path, **wildcards))
        for path in each_known(KNOWN_MOTION.critique_answer)
    ]
    return [str(path) for path in paths if path.exists()]


def judge_recording(wildcards):
    """The recorded test of an earlier run, if that is replayed."""
    chosen = judge(wildcards)
    if chosen.provider != "recorded":
        return []
    return os.path.relpath(recorded_judgement(chosen.recorded, wildcards.experiment))


def judge_tests_of(wildcards):
    """The tests of judges that exist, which a loop's page quotes; none for methods without a critique."""
    if not critic(wildcards):
        return []
    return sorted(map(str, PLAN.results.glob(str(EVERY_JUDGE.judgement))))


def feedback_modules(wildcards):
    """The code behind the method's sources of feedback."""
    return [*map(FEEDBACK_SOURCES.module, experiment(wildcards).method.sources)]


def prefers(name):
    """Whether people choose an experiment's winners, film against film."""
    return PLAN.experiments[name].method.selection == "preference"


def compared_films(paths):
    """Films between which people choose; none for methods with another selection."""
    return lambda wildcards: (paths(wildcards) if prefers(wildcards.experiment) else [])


def preferences(wildcards):
    """The round's choices, once there are any."""
    path = Path(filled(ITERATION.preferences, **wildcards))
    return str(path) if prefers(wildcards.experiment) and path.exists() else []


def wish_of(wildcards, measured=False):
    """The user's wish, for stages that read it, or only what is measured; nothing without one, so that results stay valid."""
    wish = experiment(wildcards).loop.wish
    if wish is None or (measured and not wish.measured):
        return {}
    left_out = {"text"} if measured else set()
    return {"wish": wish.model_dump(mode="json", exclude_none=True, exclude=left_out)}


def wished_times(wildcards):
    """What of the wish changes the reference; nothing without such a wish."""
    wish = experiment(wildcards).loop.wish
    times = wish.times if wish else {}
    return {"times": times} if times else {}


def steps_behind(wildcards):
    """The environment steps since the base policy that are behind a candidate; 0 where no noise is known: without a base, of jumps."""
    training = experiment(wildcards).loop.training
    if not noise_known(wildcards):
        return 0
    rounds = graph(wildcards).depth(int(wildcards.n)) if training.init == "best" else 1
    return rounds * training.steps


def noise_known(wildcards):
    """Whether the noise between trainings of one reward can be known: not without a base, not of jumps."""
    single = kind_of_task(practice(wildcards).task.name) == "single"
    return experiment(wildcards).loop.training.init != "scratch" and not single


def selection_settings(wildcards):
    """The settings that comparing a round's candidates reads."""
    training = experiment(wildcards).loop.training
    return {
        "method": of_method(wildcards, "selection", "max_falls", "max_velocity_error"),
        "iteration": int(wildcards.n),
        "robot": experiment(wildcards).robot,
        "init": training.init,
        "noise_known": noise_known(wildcards),
    }


def evaluation_settings(wildcards, seconds, sampled=False):
    """The settings that evaluating a policy reads; `sampled`: also with its exploration noise, which takes twice as long."""
    loop = experiment(wildcards).loop
    return settings(
        **simulated(wildcards),
        evaluation=loop.evaluation.model_dump(mode="json", include={"agents"}),
        seed=int(getattr(wildcards, "seed", 0)),
        seconds=seconds,
        sampled=sampled,
        **wish_of(wildcards, measured=True),
    )
