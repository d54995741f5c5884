# Input functions: files of the experiment, of a node's parents, of every candidate.

# How a server is called and paid, not what it is asked: changing these does not ask again.
ASKING = {
    "key_variable",
    "organisation",
    "connect_s",
    "timeout_s",
    "retries",
    "give_up_s",
    "recorded",
    "max_cost",
    "input_price",
    "output_price",
    "picture_tokens",
    "picture_budget",
    "picture_rule",
}
# Keys of the same section that other stages read, prompt length and repairs, or the configuration's checks.
ELSEWHERE = {"context_tokens", "repairs", "send_people", "takes_films"}
REPAIR = RESOURCES / "prompts" / "repair.j2"
PAID = {"store": str(LAYOUT.completions), "prices": str(RESOURCES / "prices.yaml")}


def video_file(wildcards):
    """The video: a file, a folder of images, or a downloaded file; none if keypoints are imported without it."""
    file = PLAN.videos[wildcards.video].file
    if file is None:
        return []
    if isinstance(file, Path):
        return os.path.relpath(file)
    return filled(VIDEO.fetched, video=wildcards.video)


def frames_settings(wildcards):
    """The settings that extract_frames reads; without a video, those for reading the imported keypoints."""
    video = PLAN.videos[wildcards.video]
    keys = {"trim": True, "fps": True}
    if video.file is None:
        keys |= {
            "pose": {"backend", "skeleton", "fps", "joints", "category"},
            "subject": {"box", "point", "frame", "species"},
        }
    read = {"video": video.model_dump(mode="json", include=keys)}
    return settings(
        **read,
        called=PLAN.called[wildcards.video],
        **folder_settings(video.file or video.pose.keypoints),
    )


def folder_settings(path):
    """The number and bytes of a folder's files: Snakemake only checks its time, which a replaced file does not change."""
    if not isinstance(path, Path) or not path.is_dir():
        return {}
    sizes = [file.stat().st_size for file in path.iterdir()]
    return {"folder": {"files": len(sizes), "bytes": sum(sizes)}}


def imported_keypoints(wildcards):
    """The import backend's file; none for other backends."""
    file = PLAN.videos[wildcards.video].pose.keypoints
    return os.path.relpath(file) if file else []


def keypoints_alone(wildcards):
    """The imported keypoints, if there is no video."""
    return [] if video_file(wildcards) else imported_keypoints(wildcards)


def filled(path, **names):
    """A path of the results with names for its wildcards."""
    return str(path).format(**names)


def of_video(path):
    """A file of the experiment's video."""
    return lambda wildcards: filled(path, video=experiment(wildcards).video)


def of_robot(path):
    """A file of the experiment's robot and task."""
    return lambda wildcards: filled(
        path, **wildcards, robot=experiment(wildcards).practice
    )


def own_base(path):
    """A file of the base policy that a loop's seed uses."""
    return lambda wildcards: filled(
        path,
        robot=experiment(wildcards).practice,
        experiment=wildcards.experiment,
        base=base_name(int(wildcards.seed), PLAN.base_seeds),
    )


def all_bases(path, name):
    """The same for all base policies that an experiment's loops use."""
    own = PLAN.experiments[name]
    bases = dict.fromkeys(base_name(seed, PLAN.base_seeds) for seed in own.loop.seeds)
    return [
        filled(path, robot=own.practice, experiment=name, base=base) for base in bases
    ]


def robot_yaml(wildcards):
    """The robot's description."""
    return str(RESOURCES / "robots" / robot_name(wildcards) / "robot.yaml")


def robot_mjcf(wildcards):
    """The robot's model."""
    name = robot_name(wildcards)
    return str(RESOURCES / "robots" / name / PLAN.robots[name].mjcf)


@cache
def _assets(mjcf):
    try:
        return [os.path.relpath(file) for file in mjcf_assets(Path(mjcf))]
    except UserError as error:
        raise SystemExit(f"error: {error}")


def robot_assets(wildcards):
    """The files that the robot's model refers to: other models, meshes, textures."""
    return _assets(robot_mjcf(wildcards))


def robot_papers(wildcards):
    """The licence of the robot's model, and where it comes from."""
    folder = Path(robot_mjcf(wildcards)).parent
    return [
        str(file)
        for name in ("LICENSE*", "LICENCE*", "COPYING*", "NOTICE*", "SOURCE*")
        for file in sorted(folder.glob(name))
    ]


def simulator_server(wildcards):
    """The script that serves the job's simulator; none if the simulator is built in."""
    server = practice(wildcards).training.server
    return os.path.relpath(server) if server else []


@cache
def _graph(name):
    loop = PLAN.experiments[name].loop
    return planned_graph(loop.search, loop.iterations)


def graph(wildcards):
    """The search's graph, as far as it is known before anything runs."""
    return _graph(wildcards.experiment)


# What a tree's node takes over from its parent, which is chosen on the way -> the copy that choose_parent lays beside it.
COPIES = {
    ITERATION.selection: ITERATION.parent_selection,
    ITERATION.best_policy: ITERATION.parent_policy,
    ITERATION.best_reward: ITERATION.parent_reward,
    ITERATION.best_curves: ITERATION.parent_curves,
    ITERATION.feedback: ITERATION.parent_feedback,
    ITERATION.critique: ITERATION.parent_critique,
}


def previous(path):
    """A file of the first parent, of a greedy search the round before; none for a node without one."""

    def file(wildcards):
        if graph(wildcards).tree:
            return filled(COPIES[path], **wildcards) if int(wildcards.n) > 1 else []
        return of_node(path, wildcards, graph(wildcards).first(int(wildcards.n)))

    return file


def second_parent(path):
    """A file of the second parent of a crossover; none for other nodes."""
    return lambda wildcards: of_node(
        path, wildcards, graph(wildcards).second(int(wildcards.n))
    )


def of_node(path, wildcards, n):
    """A file of another node of the loop; none if it is None."""
    return filled(path, **{**wildcards, "n": n}) if n else []


def other_lines(path):
    """For the last node, a file of each node whose best would be lost without a comparison; none for other nodes."""

    def files(wildcards):
        loop = experiment(wildcards).loop
        if int(wildcards.n) != graph(wildcards).last:
            return []
        others = compared_at_the_end(loop.search, loop.iterations)
        return [of_node(path, wildcards, n) for n in others]

    return files


def earlier_nodes(path, first=1):
    """A file of every node before, from the number `first` on."""
    return lambda wildcards: [
        of_node(path, wildcards, n) for n in range(first, int(wildcards.n))
    ]


def chosen_parent(wildcards):
    """The choice of the parent of a tree's node; none for the first node and for other searches."""
    choice = graph(wildcards).tree and int(wildcards.n) > 1
    return filled(ITERATION.parent, **wildcards) if choice else []


def is_greedy(name):
    """Whether an experiment's rounds are a single line."""
    return PLAN.experiments[name].loop.search.kind == "greedy"


def trees():
    """The experiments, by name, whose search is a tree."""
    return {name: e for name, e in PLAN.experiments.items() if _graph(name).tree}


def searched(wildcards):
    """The search, for stages that tell of it; nothing for a greedy one."""
    if is_greedy(wildcards.experiment):
        return {}
    return {"search": search_of(wildcards, "kind", "islands")}


def search_of(wildcards, *keys):
    """The keys of the search that a stage reads, those that its kind has."""
    own = experiment(wildcards).loop.search.model_dump(mode="json")
    return {key: own[key] for key in keys if key in own}


def prompt_settings(wildcards):
    """The settings that writing a prompt reads."""
    return {
        "method": of_method(
            wildcards, "prompt", "signals", "task_description", "sources"
        ),
        "task": simulated(wildcards)["task"],
        "llm": experiment(wildcards).loop.llm.model_dump(
            mode="json", include={"context_tokens", "max_tokens"}
        ),
        "iteration": int(wildcards.n),
        **wish_of(wildcards),
        **known_parents(wildcards),
    }


def known_parents(wildcards):
    """The numbers of a node's parents, those that are known before anything runs; nothing in a greedy search."""
    if is_greedy(wildcards.experiment):
        return {}
    return {"parents": list(graph(wildcards).of(int(wildcards.n)))}


def prompt_modules(wildcards):
    """The code behind a prompt that the configuration chooses."""
    task = TASKS.module(practice(wildcards).task.name)
    return [task, *feedback_modules(wildcards)]


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


def pose_environment(wildcards):
    """The marker of the pose backend's own environment; none if the backend runs in the main one."""
    backend = PLAN.videos[wildcards.video].pose.backend
    return (
        f"{ENVIRONMENTS}/{backend}.json"
        if (ROOT / "envs" / f"{backend}.txt").exists()
        else []
    )


def pose_model(key):
    """The user's own file for pose.model, .detector or .config; none for models known by digest."""

    def files(wildcards):
        path = own_file(PLAN.videos[wildcards.video].pose, key)
        return os.path.relpath(path) if path else []

    return files


def pose_threads(wildcards):
    """The threads of a pose model; backends without one use a single thread."""
    return 4 if PLAN.videos[wildcards.video].pose.backend in ("onnx", "mmpose") else 1


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


def provider(wildcards):
    """The completion provider: the method's own, else the configuration's; of the tuned candidate, nobody is asked."""
    return "tuned" if is_tuned(wildcards) else experiment(wildcards).loop.llm.provider


def answer_file(wildcards):
    """The file with the answer: a fixed reward, a recorded answer, or a person's once it exists."""
    chosen = provider(wildcards)
    if chosen == "fixed":
        return fixed_reward(wildcards)
    if chosen == "tuned":
        return previous(ITERATION.tuned_reward)(wildcards)
    if chosen == "recorded":
        return os.path.relpath(recorded(wildcards))
    path = Path(filled(CANDIDATE.answer, **wildcards))
    return str(path) if chosen == "manual" and path.exists() else []


def recorded_prompt(wildcards):
    """The prompt of a recorded answer, if it was recorded too."""
    if provider(wildcards) != "recorded":
        return []
    path = RoundFolder(recorded(wildcards).parent).prompt_record
    return os.path.relpath(path) if path.exists() else []


def recorded_repairs(wildcards):
    """The recorded repairs of a candidate, if there are any."""
    if provider(wildcards) != "recorded":
        return []
    path = CandidateFiles(recorded(wildcards).parent, wildcards.k).repairs
    return os.path.relpath(path) if path.exists() else []


def recorded(wildcards):
    """The path of a recorded answer."""
    return recorded_answer(
        experiment(wildcards).loop.llm.recorded,
        wildcards.experiment,
        *(int(wildcards[name]) for name in ("seed", "n", "k")),
    )


def told(model):
    """The settings of a model that change its answer."""
    return model.model_dump(mode="json", exclude=ASKING | ELSEWHERE)


def called(model):
    """The settings of a model that do not change its answer."""
    return model.model_dump(mode="json", include=ASKING)


def asked(wildcards):
    """The settings of a completion provider that change its answer."""
    if is_tuned(wildcards):
        return {"provider": provider(wildcards)}
    return told(experiment(wildcards).loop.llm) | {"provider": provider(wildcards)}


def asking(wildcards):
    """The settings of a completion provider that do not change its answer."""
    if is_tuned(wildcards):
        return {}
    return called(experiment(wildcards).loop.llm)


def can_be_repaired(wildcards):
    """Whether a candidate that fails its checks is sent back for repair."""
    wanted = experiment(wildcards).loop.llm.repairs > 0
    return wanted and COMPLETION_PROVIDERS.load(provider(wildcards)).repairs


def repairing(wildcards):
    """The settings that repairs read; nothing if repairs are off."""
    if not can_be_repaired(wildcards):
        return {}
    llm = experiment(wildcards).loop.llm
    return {
        "llm": asked(wildcards)
        | {"repairs": llm.repairs, "context_tokens": llm.context_tokens},
        "seed": int(wildcards.seed),
        "iteration": int(wildcards.n),
        "candidate": int(wildcards.k),
    }


def screening(wildcards):
    """The settings of the screen; nothing if it is off, or the task is for single motions, whose order is not known."""
    screen = experiment(wildcards).loop.screen
    cyclic = kind_of_task(practice(wildcards).task.name) == "cyclic"
    return {"screen": screen} if cyclic and screen != "off" else {}


def known_states(wildcards):
    """The motions of known quality that rewards are screened on; none if the screen is off."""
    if not screening(wildcards):
        return []
    return filled(EXPERIMENT.known_states, experiment=wildcards.experiment)


def repair_modules(wildcards):
    """The code behind repairs; nothing if repairs are off."""
    if not can_be_repaired(wildcards):
        return []
    return [REPAIRERS.module("ask"), COMPLETION_PROVIDERS.module(provider(wildcards))]


def repair_template(wildcards):
    """The template of repair requests; none if repairs are off."""
    return str(REPAIR) if can_be_repaired(wildcards) else []


def critic(wildcards):
    """The settings of who judges the robot's motion; None for methods without a critique."""
    own = experiment(wildcards)
    return critic_of(own.loop, own.method)


def drawn(wildcards, model):
    """How pictures for a model are drawn: the settings that make them smaller, and whether a person is but a figure."""
    own = experiment(wildcards)
    sized = {"model", "picture_rule", "picture_budget"}
    small = model is not None and model.picture_budget is not None
    return {
        "critique": own.loop.critique,
        "seen_by": model.model_dump(mode="json", include=sized) if small else {},
        "figure": shows_figure(own.loop, PLAN.videos[own.video]),
    }


def critiques(path, of_parent=previous):
    """A file of a parent's critique; none without such a parent and for methods without a critique."""
    return lambda wildcards: of_parent(path)(wildcards) if critic(wildcards) else []


def critique_source(wildcards):
    """The file with a critique's answer: a recorded critique, or a person's once it exists."""
    chosen = critic(wildcards)
    if chosen.provider == "recorded":
        place = wildcards.experiment, int(wildcards.seed), int(wildcards.n)
        return os.path.relpath(recorded_critique(chosen.recorded, *place))
    path = Path(filled(ITERATION.critique_answer, **wildcards))
    return str(path) if chosen.provider == "manual" and path.exists() else []


def physics_of(wildcards):
    """How a loop's best policy fares in other physics; nothing where none is asked for."""
    asked = experiment(wildcards).loop.evaluation.physics
    return filled(SEED.physics, **wildcards) if asked else []


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
