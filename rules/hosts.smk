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
    write_loop_page,
    report,
    compare_clips,
    tables,
    make_tables,


rule prepare:
    # snakemake prepare: on a host with a connection, for computers without.
    input:
        beforehand(),
    log:
        LAYOUT.log("prepare"),
    shell:
        f"( {fetch_models()} ) 2>&1 | tee {{log:q}}"
