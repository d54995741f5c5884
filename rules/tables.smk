# snakemake tables: the paper's tables and figures for each group of experiments, failed loops included.
GROUPS = list(dict.fromkeys(e.group for e in PLAN.experiments.values()))
TABLES = f"{RESULTS}/tables/{{group}}"


rule tables:
    input:
        expand(TABLES, group=GROUPS),


rule compare_clips:
    input:
        rollout=last_iteration("rollout.h5"),
        references=lambda wildcards: [
            f"{EXPERIMENT}/reference.h5".format(experiment=e.name)
            for e in siblings(wildcards)
        ],
    output:
        clips=f"{SEED}/clips.json",
    log:
        f"{SEED}/logs/compare_clips.log",
    benchmark:
        f"{SEED}/logs/compare_clips.tsv"
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
        evaluations=of_group(f"{SEED}/evaluation.json"),
        selections=of_group(f"{ITERATION}/selection.json"),
        rollouts=of_group(f"{ITERATION}/rollout.h5"),
        films=of_group(f"{ITERATION}/rollout.mp4"),
        references=of_group(f"{EXPERIMENT}/reference.h5"),
        clips=of_group(f"{SEED}/clips.json", of_several_clips),
        motions=of_group(f"{VIDEO}/motion.h5"),
        keypoints=of_group(f"{VIDEO}/keypoints.h5"),
        overlays=of_group(f"{VIDEO}/overlay.mp4"),
        published=str(RESOURCES / "tables" / "paper.yaml"),
        template=str(RESOURCES / "tables" / "index.html.j2"),
        styles=[
            str(RESOURCES / "report" / "style.css"),
            str(RESOURCES / "tables" / "tables.css"),
        ],
    output:
        tables=directory(TABLES),
    log:
        f"{RESULTS}/tables/logs/make_tables_{{group}}.log",
    benchmark:
        f"{RESULTS}/tables/logs/make_tables_{{group}}.tsv"
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
                    "video": e.video,
                    "method": e.method_name,
                    "description": e.method.description,
                    "seeds": e.loop.seeds,
                    "iterations": e.loop.iterations,
                    "samples": e.loop.samples,
                }
                for e in members(wildcards.group)
            ],
        ),
        code=code_digest("make_tables"),
    shell:
        command("make_tables")
