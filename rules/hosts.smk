# Rules that run on the submitting host even with a batch system: stages of seconds, and those that may call a server,
# as compute nodes often have no network. Without a batch system this changes nothing.
localrules:
    prepare,
    create_environment,
    extract_frames,
    describe_motion,
    retarget_motion,
    write_prompt,
    sample_completion,
    make_known_states,
    extract_reward,
    select_policy,
    halve,
    render_film,
    compare_motion,
    show_motion,
    critique_motion,
    judge_test,
    make_known_motions,
    film_known_motion,
    show_known_motion,
    judge_motions,
    finish,
    write_loop_page,
    report,
    compare_clips,
    tables,
    make_tables,


rule prepare:
    # snakemake prepare: download everything on a host with a network, for nodes without.
    input:
        beforehand(),
    log:
        LAYOUT.log("prepare"),
    shell:
        f"( {fetch_models()} ) 2>&1 | tee {{log:q}}"


# The states that candidates are tried on take seconds, but no GPU of a submitting host.
if not any(practice.training.on_gpu for practice in PLAN.practices.values()):

    localrules:
        sample_states,
