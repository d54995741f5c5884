# Input functions: judging in other physics.


def other_physics(wildcards):
    """In which physics policies are judged beside that of the training: what is set, for those who ask by name all."""
    return experiment(wildcards).loop.evaluation.physics or [*OTHER_PHYSICS.targets]


def judging_server(wildcards):
    """The script that serves the simulator that is asked for by the name server: the judging's own, or that of the training."""
    judging = experiment(wildcards).loop.evaluation
    server = judging.server or practice(wildcards).training.server
    return (
        os.path.relpath(server)
        if server and "server" in other_physics(wildcards)
        else []
    )


def gpus_of_physics(wildcards):
    """How many GPUs the judging takes: what is set, else one where a simulator among them runs on one."""
    given = of_candidate(wildcards).gpus
    on_gpu = any(name in ON_GPU for name in other_physics(wildcards))
    return int(on_gpu) if given is None else given


def physics_settings(wildcards):
    """The settings that judging in other physics reads."""
    judging = experiment(wildcards).loop.evaluation
    judged = json.loads(evaluation_settings(wildcards, judging.seconds))
    python = {"server_python": judging.server_python} if judging.server_python else {}
    return settings(
        **judged
        | {
            "training": judged["training"] | python,
            "physics": other_physics(wildcards),
        }
    )


def physics_code(wildcards):
    """The code digest of judging in other physics, including their simulators' and the task's modules."""
    simulators = map(simulator_of, other_physics(wildcards))
    modules = [*dict.fromkeys(map(SIMULATORS.module, simulators))]
    task = TASKS.module(practice(wildcards).task.name)
    return code_digest("judge_physics", [*modules, task])
