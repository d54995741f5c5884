# Resources that jobs request from a batch system, and what the plan needs from the network.
from types import SimpleNamespace


def of_base(wildcards):
    """Resources for training a robot's base policy."""
    return practice(wildcards).cluster


def of_candidate(wildcards):
    """Resources for training a candidate."""
    return experiment(wildcards).loop.cluster


def gpus(asked):
    """How many GPUs a job takes: what is set, else one where its simulator runs on one."""

    def count(wildcards):
        given = asked(wildcards).gpus
        return int(practice(wildcards).training.on_gpu) if given is None else given

    return count


def doubled(asked, key):
    """A limit that doubles at every attempt."""
    return lambda wildcards, attempt: getattr(asked(wildcards), key) * 2 ** (
        attempt - 1
    )


def beforehand():
    """What the plan's videos need from the network: environments of pose backends, and the videos themselves."""
    files = []
    for name in PLAN.videos:
        wildcards = SimpleNamespace(video=name)
        fetched = not isinstance(PLAN.videos[name].file, (Path, type(None)))
        files += [pose_environment(wildcards)] if pose_environment(wildcards) else []
        files += [video_file(wildcards).format(video=name)] if fetched else []
    return sorted(set(files))


def fetch_models():
    """The command that downloads the pose models of the plan's videos and checks those already there."""
    wanted = {}
    for video in PLAN.videos.values():
        names = pose_settings(video.pose).get("models", {})
        wanted.setdefault(video.pose.backend, set()).update(names)
    script = (
        f"{shlex.quote(sys.executable)} {shlex.quote(str(SCRIPTS / 'fetch_model.py'))}"
    )
    calls = [
        f"{script} --backend {backend} {shlex.join(sorted(names))}"
        for backend, names in sorted(wanted.items())
        if names
    ]
    return " && ".join(["true", *calls])
