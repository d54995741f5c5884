# Input functions: files of the experiment, of the previous round, of every candidate.

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
}
# Keys of the same section that other stages read, prompt length and repairs, or the configuration's checks.
ELSEWHERE = {"context_tokens", "repairs", "send_people"}
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
    """A file of the experiment's robot."""
    return lambda wildcards: filled(
        path, **wildcards, robot=experiment(wildcards).robot
    )


def own_base(path):
    """A file of the base policy that a loop's seed uses."""
    return lambda wildcards: filled(
        path,
        robot=experiment(wildcards).robot,
        experiment=wildcards.experiment,
        base=base_name(int(wildcards.seed), PLAN.base_seeds),
    )


def all_bases(path, name):
    """The same for all base policies that an experiment's loops use."""
    own = PLAN.experiments[name]
    bases = dict.fromkeys(base_name(seed, PLAN.base_seeds) for seed in own.loop.seeds)
    return [filled(path, robot=own.robot, experiment=name, base=base) for base in bases]


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


def simulator_server(wildcards):
    """The script that serves the job's simulator; none if the simulator is built in."""
    server = practice(wildcards).training.server
    return os.path.relpath(server) if server else []


def previous(path):
    """A file of the previous iteration; none for the first."""
    return lambda wildcards: (
        []
        if int(wildcards.n) == 1
        else filled(path, **{**wildcards, "n": int(wildcards.n) - 1})
    )


def each_candidate(path):
    """A file of every candidate of the iteration."""
    return lambda wildcards: [
        filled(path, **wildcards, k=k)
        for k in range(1, experiment(wildcards).loop.samples + 1)
    ]


def numbered(path, samples):
    """A file of each of a number of candidates; other wildcards stay."""
    return [str(path).replace("{k}", str(k)) for k in range(1, samples + 1)]


def trained(together):
    """The experiments, by name, whose candidates are trained each on its own (candidate), or a round at once (round)."""
    return {
        name: e
        for name, e in PLAN.experiments.items()
        if e.loop.training.together == together
    }


def candidate_settings(wildcards, **more):
    """The settings that the training of candidates reads."""
    training = experiment(wildcards).loop.training
    return settings(
        training=training_settings(training, "base_steps", "base_policy"),
        task=practice(wildcards).task,
        seed=int(wildcards.seed),
        **more,
    )


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
    """A file of the loop's last iteration."""
    return lambda wildcards: filled(
        path, **wildcards, n=experiment(wildcards).loop.iterations
    )


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
    """The settings that the training of a base policy reads."""
    own = PLAN.practices[robot]
    left_out = ("steps", "init", "early_stop", "mirror", "warm_sigma", "base_policy")
    training = training_settings(own.training, *left_out)
    return settings(training=training, task=own.task, seed=base_seed(base))


def kept_base(name):
    """A file of the base policy in the robot's own folder."""
    folder = RobotFolder(RESOURCES / "robots" / "{robot}").base("base")
    return str(getattr(folder, name))


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
    record = Path(filled(kept_base("training"), robot=robot))
    wanted = PLAN.practices[robot].training.base_policy == "shipped"
    return wanted and fits(record, json.loads(base_settings(robot)), files)


def fixed_reward(wildcards):
    """The file of the method's fixed reward, or the one that llm.model names."""
    own = experiment(wildcards)
    if own.method.reward is not None:
        return str(RESOURCES / "rewards" / f"{own.method.reward}.py")
    return own.loop.llm.model if os.path.isfile(own.loop.llm.model) else []


def provider(wildcards):
    """The completion provider: the method's own, else the configuration's."""
    return experiment(wildcards).loop.llm.provider


def answer_file(wildcards):
    """The file with the answer: a fixed reward, a recorded answer, or a person's once it exists."""
    chosen = provider(wildcards)
    if chosen == "fixed":
        return fixed_reward(wildcards)
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
    return told(experiment(wildcards).loop.llm) | {"provider": provider(wildcards)}


def asking(wildcards):
    """The settings of a completion provider that do not change its answer."""
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


def critiques(path):
    """A file of the previous round's critique; none for the first round and for methods without a critique."""
    return lambda wildcards: previous(path)(wildcards) if critic(wildcards) else []


def critique_source(wildcards):
    """The file with a critique's answer: a recorded critique, or a person's once it exists."""
    chosen = critic(wildcards)
    if chosen.provider == "recorded":
        place = wildcards.experiment, int(wildcards.seed), int(wildcards.n)
        return os.path.relpath(recorded_critique(chosen.recorded, *place))
    path = Path(filled(ITERATION.critique_answer, **wildcards))
    return str(path) if chosen.provider == "manual" and path.exists() else []


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


def evaluation_settings(wildcards, seconds, sampled=False):
    """The settings that evaluating a policy reads; `sampled`: also with its exploration noise, which takes twice as long."""
    loop = experiment(wildcards).loop
    return settings(
        **simulated(wildcards),
        evaluation=loop.evaluation.model_dump(mode="json", include={"agents"}),
        seed=int(getattr(wildcards, "seed", 0)),
        seconds=seconds,
        sampled=sampled,
    )


def of_loops(path):
    """A path of every loop."""
    return [filled(path, experiment=name, seed=seed) for name, seed in LOOPS]


def each_iteration(path):
    """A file of every iteration of a loop."""
    return lambda wildcards: [
        filled(path, **wildcards, n=n)
        for n in range(1, experiment(wildcards).loop.iterations + 1)
    ]


def loop_in_words(wildcards):
    """What a loop's page describes."""
    own = experiment(wildcards)
    return {
        "experiment": own.name,
        "seed": int(wildcards.seed),
        "robot": own.robot,
        "video": own.video,
        "method": own.method.description,
        "iterations": own.loop.iterations,
        "samples": own.loop.samples,
        "base": base_name(int(wildcards.seed), PLAN.base_seeds),
        "provider": own.loop.llm.provider,
        "critic": critic_section(own.method),
    }


def all_critiques(wildcards):
    """The critiques of a loop's rounds but the last, which no prompt would read; none for methods without."""
    if not critic(wildcards):
        return []
    return each_iteration(ITERATION.critique)(wildcards)[:-1]


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
                n=e.loop.iterations,
            )
            for e in which(wildcards.group)
            for seed in e.loop.seeds
        )
    )


def of_several_clips(group):
    """The experiments of a group whose robot learns several clips."""
    clips = {(e.robot, e.video) for e in members(group)}
    robots = [robot for robot, _ in clips]
    return [e for e in members(group) if robots.count(e.robot) > 1]


def siblings(wildcards):
    """For each clip that the experiment's robot learns in its group, one experiment that learns it."""
    own = experiment(wildcards)
    found = {own.video: own}
    for one in members(own.group):
        if one.robot == own.robot:
            found.setdefault(one.video, one)
    return [found[video] for video in sorted(found)]
