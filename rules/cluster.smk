from types import SimpleNamespace


# What stays on the submitting host when a batch system runs the rest: stages of seconds, and those that may ask a
# server, which other computers of a cluster often cannot. Where no batch system is used this changes nothing.
localrules:
    prepare,
    create_environment,
    extract_frames,
    describe_motion,
    retarget_motion,
    sample_states,
    write_prompt,
    sample_completion,
    extract_reward,
    select_policy,
    compare_motion,
    finish,
    report,


def of_base(wildcards):
    """What the training of a robot's base policy asks of a batch system."""
    return practice(wildcards).cluster


def of_candidate(wildcards):
    """What the training of a candidate asks of a batch system."""
    return experiment(wildcards).loop.cluster


def doubled(asked, key):
    """A limit that doubles with every attempt."""
    return lambda wildcards, attempt: getattr(asked(wildcards), key) * 2 ** (
        attempt - 1
    )


def beforehand():
    """What the videos of the plan need of the network: environments of pose backends, and the videos themselves."""
    files = []
    for name in PLAN.videos:
        wildcards = SimpleNamespace(video=name)
        fetched = not isinstance(PLAN.videos[name].file, (Path, type(None)))
        files += [pose_environment(wildcards)] if pose_environment(wildcards) else []
        files += [video_file(wildcards).format(video=name)] if fetched else []
    return sorted(set(files))


def fetch_models():
    """The command that downloads the pose models of the plan's videos; what is there is checked."""
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


rule prepare:
    # snakemake prepare: on a host with a connection, for computers without.
    input:
        beforehand(),
    log:
        f"{RESULTS}/logs/prepare.log",
    shell:
        f"( {fetch_models()} ) 2>&1 | tee {{log:q}}"
