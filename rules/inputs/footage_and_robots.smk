# Input functions: videos, keypoints, robots, and how paths are filled.


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
