# Failed loops get a page too: that is when a report is needed most.
TEMPLATES = sorted(map(str, (RESOURCES / "report").iterdir()))


rule write_loop_page:
    input:
        evaluation=f"{SEED}/evaluation.json",
        base=own_base(EXPERIMENT, "_evaluation.json"),
        rollout=last_iteration("rollout.h5"),
        film=last_iteration("rollout.mp4"),
        selections=each_iteration("selection.json"),
        feedbacks=each_iteration("feedback.json"),
        overlay=of_video("overlay.mp4"),
        templates=TEMPLATES,
    output:
        page=shown(
            f"{SEED}/report.html",
            "loop_page",
            "Report",
            experiment="{experiment}",
            seed="{seed}",
            shows="film, scores, curves, rewards",
        ),
        summary=f"{SEED}/report.json",
    log:
        f"{SEED}/logs/write_loop_page.log",
    benchmark:
        f"{SEED}/logs/write_loop_page.tsv"
    params:
        arguments=arguments(),
        settings=lambda wildcards: settings(
            results=RESULTS, overview=REPORT, loop=loop_in_words(wildcards)
        ),
        code=code_digest("write_loop_page"),
    shell:
        command("write_loop_page")


rule report:
    input:
        pages=of_loops(f"{SEED}/report.html"),
        summaries=of_loops(f"{SEED}/report.json"),
        templates=TEMPLATES,
    output:
        report=shown(
            REPORT,
            "report",
            "Report",
            experiment="all",
            seed="all",
            shows="overview of all loops",
        ),
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/logs/report.tsv"
    params:
        arguments=arguments(),
        settings=settings(results=RESULTS),
        code=code_digest("write_report"),
    shell:
        command("write_report")
