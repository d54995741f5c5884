# Failed loops get a page too: that is when a report is needed most.
TEMPLATES = sorted(map(str, (RESOURCES / "report").iterdir()))


rule write_loop_page:
    input:
        evaluation=SEED.evaluation,
        base=own_base(BASE_SCORES.evaluation),
        rollout=last_iteration(ITERATION.rollout),
        film=last_iteration(ITERATION.film),
        selections=each_iteration(ITERATION.selection),
        feedbacks=each_iteration(ITERATION.feedback),
        critiques=all_critiques,
        tunings=all_tunings,
        pictures=all_pictures,
        judges=judge_tests_of,
        physics=physics_of,
        overlay=of_video(VIDEO.overlay),
        templates=TEMPLATES,
    output:
        page=shown(
            SEED.page,
            "loop_page",
            "Report",
            experiment="{experiment}",
            seed="{seed}",
            shows="film, scores, curves, rewards",
        ),
        summary=SEED.page_summary,
    log:
        SEED.log("write_loop_page"),
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
        pages=of_loops(SEED.page),
        summaries=of_loops(SEED.page_summary),
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
        LAYOUT.log("report"),
    params:
        arguments=arguments(),
        settings=settings(results=RESULTS),
        code=code_digest("write_report"),
    shell:
        command("write_report")
