# Results shared between checkouts and machines, see docs/sharing.md.
localrules:
    shared,


rule shared:
    # snakemake shared: what all seeds start from; machines that share the work start with copies of it.
    input:
        [filled(VIDEO.motion, video=name) for name in PLAN.videos],
        [
            path
            for name in PLAN.experiments
            for path in [
                *all_bases(BASE.policy, name),
                *all_bases(BASE_SCORES.evaluation, name),
            ]
        ],
        [
            filled(path, experiment=name)
            for name in PLAN.experiments
            for path in (EXPERIMENT.reference, EXPERIMENT.states)
        ],
        [known_states(SimpleNamespace(experiment=name)) for name in PLAN.experiments],
