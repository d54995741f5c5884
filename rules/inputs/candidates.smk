# Input functions: candidates, the policies they start from, halving and tuning.


def each_candidate(path):
    """A file of every candidate of the iteration."""
    return lambda wildcards: [
        filled(path, **wildcards, k=k)
        for k in range(1, experiment(wildcards).loop.samples + 1)
    ]


def numbered(path, samples):
    """A file of each of a number of candidates; other wildcards stay."""
    return [str(path).replace("{k}", str(k)) for k in range(1, samples + 1)]


def trained(together, halved=False):
    """The experiments, by name, whose candidates are trained each on its own (candidate), or a round at once (round).

    halved: those whose rounds are halved, else the others
    """
    return {
        name: e
        for name, e in PLAN.experiments.items()
        if e.loop.training.together == together and bool(parts(e)) == halved
    }


def parts(own):
    """How many parts of an experiment's rounds end with a judgement of the candidates; 0 without halving."""
    return judged_parts(own.loop.samples) if own.loop.training.halving else 0


def part_before(path):
    """A file of the part before; none for the first. What is no part comes after the last that is judged."""

    def file(wildcards):
        own = getattr(wildcards, "part", None)
        part = parts(experiment(wildcards)) if own is None else int(own) - 1
        return filled(path, **{**wildcards, "part": part}) if part else []

    return file


def each_part_before(path):
    """The same of every candidate."""

    def files(wildcards):
        found = part_before(str(path).replace("{k}", "{{k}}"))(wildcards)
        return numbered(found, experiment(wildcards).loop.samples) if found else []

    return files


def candidate_settings(wildcards, **more):
    """The settings that the training of candidates reads."""
    training = experiment(wildcards).loop.training
    return settings(
        training=training_settings(training, "base_steps", "base_policy"),
        task=practice(wildcards).task,
        seed=int(wildcards.seed),
        **more,
    )


def part_settings(wildcards, **more):
    """The same for a part of a halved training; samples, from the second on: for the estimate of its time."""
    part = int(getattr(wildcards, "part", 0))
    more |= {} if part == 1 else {"samples": experiment(wildcards).loop.samples}
    return candidate_settings(wildcards, **more, **({"part": part} if part else {}))


def one_of(names):
    """A pattern of names; of none, one that nothing matches."""
    return "|".join(map(re.escape, names)) or r"(?!)"


def initial_base(wildcards):
    """The base policy, if trainings start from it."""
    init = experiment(wildcards).loop.training.init
    return own_base(BASE.policy)(wildcards) if init != "scratch" else []


def initial_best(wildcards):
    """The best policy of the rounds before, if trainings start from it."""
    init = experiment(wildcards).loop.training.init
    return previous(ITERATION.best_policy)(wildcards) if init == "best" else []


def last_iteration(path):
    """A file of the loop's last iteration, whose selection compares all lines."""
    return lambda wildcards: filled(path, **wildcards, n=graph(wildcards).last)


def human_reward(wildcards):
    """The published reward of the robot's task, with which its base policy is trained."""
    task = practice(wildcards).task.name
    return str(RESOURCES / "rewards" / f"human_{task}.py")


def base_settings(robot, base="base"):
    """The settings that the training of a base policy reads; candidates alone learn to be robust, and on a terrain."""
    own = PLAN.practices[robot]
    task = own.task.on_flat_ground().model_copy(update={"robustness": "off"})
    left_out = ("steps", "init", "early_stop", "mirror", "warm_sigma", "base_policy")
    training = training_settings(own.training, *left_out)
    return settings(training=training, task=task, seed=base_seed(base))


def kept_base(name):
    """A file of the base policy in the robot's own folder; of another task than the robot's, in a folder of its name."""

    def file(wildcards):
        own = PLAN.practices[wildcards.robot]
        folder = RESOURCES / "robots" / own.robot
        if wildcards.robot != own.robot:
            folder /= own.task.name
        return str(getattr(RobotFolder(folder).base("base"), name))

    return file


@cache
def keeps_base(robot):
    """Whether the base policy in the robot's folder is the one that would be trained."""
    own = SimpleNamespace(robot=robot)
    named = {
        "robot": [robot_yaml(own)],
        "mjcf": [robot_mjcf(own)],
        "assets": robot_assets(own),
        "server": filter(None, [simulator_server(own)]),
        "reward": [human_reward(own)],
    }
    files = {name: [*map(Path, paths)] for name, paths in named.items()}
    record = Path(kept_base("training")(own))
    wanted = PLAN.practices[robot].training.base_policy == "shipped"
    return wanted and fits(record, json.loads(base_settings(robot)), files)


def fixed_reward(wildcards):
    """The file of the method's fixed reward, or the one that llm.model names."""
    own = experiment(wildcards)
    if own.method.reward is not None:
        return str(RESOURCES / "rewards" / f"{own.method.reward}.py")
    return own.loop.llm.model if os.path.isfile(own.loop.llm.model) else []


def is_tuned(wildcards):
    """Whether a candidate is the tuned best reward of the round before: the last one of rounds that have a parent."""
    return tuned_place(wildcards).get("tuned") == int(wildcards.k)


def tuned_before(path):
    """A file of the tuning after the round before; none for round 1 and without tuning."""
    return lambda wildcards: (
        previous(path)(wildcards) if experiment(wildcards).loop.tuning else []
    )


def tuned_place(wildcards):
    """The candidate of a round that is a tuned reward; nothing in round 1 and without tuning."""
    loop = experiment(wildcards).loop
    on = loop.tuning is not None and graph(wildcards).first(int(wildcards.n))
    return {"tuned": loop.samples} if on else {}


def tuned_origin(wildcards):
    """The tuned candidate of a round, and whose best was tuned; nothing without one."""
    place, own = tuned_place(wildcards), graph(wildcards)
    source = own.label(own.first(int(wildcards.n))) if place else ""
    return {**place, "tuned_from": source} if place else {}


def written_candidates(wildcards):
    """How many candidates of a round are written: all but a tuned one."""
    return experiment(wildcards).loop.samples - len(tuned_place(wildcards))


def best_so_far(wildcards):
    """The best policy so far, this round's included, if trainings start from it, as those of the next round do."""
    init = experiment(wildcards).loop.training.init
    return filled(ITERATION.best_policy, **wildcards) if init == "best" else []


def ordered_states(wildcards):
    """The motions of known quality; none for single motions, whose order is not known."""
    if kind_of_task(practice(wildcards).task.name) != "cyclic":
        return []
    return filled(EXPERIMENT.known_states, experiment=wildcards.experiment)


def tuning_settings(wildcards):
    """The settings that tuning a reward reads; `steps`: environment steps since the base policy, 0 where no noise is known."""
    own = experiment(wildcards)
    tuning, training = own.loop.tuning, own.loop.training
    steps = tuning.steps_each(training.steps)
    short = training_settings(training, "base_steps", "base_policy") | {"steps": steps}
    behind = steps_behind(wildcards)
    before = behind if training.init == "best" else 0
    return {
        "tuning": tuning.model_dump(mode="json", exclude={"steps"}),
        "training": short,
        "task": practice(wildcards).task,
        "seed": int(wildcards.seed),
        "robot": own.robot,
        "steps": before + steps if behind else 0,
        "method": of_method(
            wildcards, "signals", "selection", "max_falls", "max_velocity_error"
        ),
        "check": own.loop.check,
        "evaluation": own.loop.evaluation.model_dump(mode="json", include={"agents"}),
        "seconds": own.loop.evaluation.short_seconds,
        **wish_of(wildcards, measured=True),
    }
