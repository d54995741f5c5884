# snakemake tables: the papers' tables and figures for each group of experiments, failed loops included.
GROUPS = list(dict.fromkeys(e.group for e in PLAN.experiments.values()))
TABLES = LAYOUT.tables("{group}")


rule tables:
    input:
        expand(TABLES.pages, group=GROUPS),


rule compare_clips:
    input:
        rollout=last_iteration(ITERATION.rollout),
        references=lambda wildcards: [
            filled(EXPERIMENT.reference, experiment=e.name)
            for e in siblings(wildcards)
        ],
    output:
        clips=SEED.clips,
    log:
        SEED.log("compare_clips"),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            trained_on=experiment(wildcards).video,
            clips=[e.video for e in siblings(wildcards)],
        ),
        code=code_digest("compare_clips"),
    shell:
        command("compare_clips")


rule make_tables:
    input:
        evaluations=of_group(SEED.evaluation),
        physics=of_group(SEED.physics, judged_elsewhere),
        selections=of_every_round(ITERATION.selection),
        rollouts=of_group(ITERATION.rollout),
        films=of_group(ITERATION.film),
        references=of_group(EXPERIMENT.reference),
        clips=of_group(SEED.clips, of_several_clips),
        motions=of_group(VIDEO.motion),
        keypoints=of_group(VIDEO.keypoints),
        overlays=of_group(VIDEO.overlay),
        preferences=between_methods,
        published=[
            str(RESOURCES / "tables" / name) for name in ("paper.yaml", "bilevel.yaml")
        ],
        template=str(RESOURCES / "tables" / "index.html.j2"),
        styles=[
            str(RESOURCES / "report" / "style.css"),
            str(RESOURCES / "tables" / "tables.css"),
        ],
    output:
        tables=directory(TABLES.pages),
    log:
        TABLES.log("make_tables_{group}"),
    wildcard_constraints:
        group="|".join(GROUPS),
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            results=RESULTS,
            group=wildcards.group,
            base_seeds=PLAN.base_seeds,
            experiments=[
                {
                    "name": e.name,
                    "robot": e.robot,
                    "practice": e.practice,
                    "video": e.video,
                    "method": e.way,
                    "variant": e.variant,
                    "description": e.method.description,
                    "seeds": e.loop.seeds,
                    "iterations": e.loop.iterations,
                    **(
                        {}
                        if is_greedy(e.name)
                        else {"search": e.loop.search.model_dump()}
                    ),
                    "samples": e.loop.samples,
                }
                for e in members(wildcards.group)
            ],
        ),
        code=code_digest("make_tables"),
    shell:
        command("make_tables")
