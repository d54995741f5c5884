# Of loops that failed too: a report is most needed then.
rule report:
    input:
        evaluations=of_loops(f"{SEED}/evaluation.json"),
        bases=[
            path
            for name in PLAN.experiments
            for path in all_bases(EXPERIMENT, "_evaluation.json", experiment=name)
        ],
        rollouts=last_rounds("rollout.h5"),
        films=last_rounds("rollout.mp4"),
        selections=whole_loop("selection.json"),
        feedbacks=whole_loop("feedback.json"),
        overlays=sorted(
            {
                f"{VIDEO}/overlay.mp4".format(video=e.video)
                for e in PLAN.experiments.values()
            }
        ),
        templates=sorted(map(str, (RESOURCES / "report").iterdir())),
    output:
        report=shown(REPORT, "report", "Report", shows="films, scores, curves, rewards"),
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/logs/report.tsv"
    params:
        settings=settings(
            results=RESULTS,
            loops=[
                {
                    "experiment": name,
                    "seed": seed,
                    "robot": PLAN.experiments[name].robot,
                    "video": PLAN.experiments[name].video,
                    "method": PLAN.experiments[name].method.description,
                    "iterations": PLAN.experiments[name].loop.iterations,
                    "samples": PLAN.experiments[name].loop.samples,
                    "base": base_name(seed, PLAN.base_seeds),
                    "provider": PLAN.experiments[name].loop.llm.provider,
                }
                for name, seed in LOOPS
            ],
        ),
        code=code_digest("write_report"),
    shell:
        command(
            "write_report",
            "--evaluations {input.evaluations:q} --templates {input.templates:q} --report {output.report:q}",
        )
