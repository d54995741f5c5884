# Video2Reward: from a video to a walking robot. The includes follow the flow of data.
import time


configfile: f"{workflow.basedir}/config/config.yaml"


report: "resources/captions/workflow.rst"


include: "rules/common.smk"
include: "rules/inputs/footage_and_robots.smk"
include: "rules/inputs/nodes.smk"
include: "rules/inputs/candidates.smk"
include: "rules/inputs/models.smk"
include: "rules/inputs/judging.smk"
include: "rules/inputs/physics.smk"
include: "rules/inputs/pages.smk"
include: "rules/cluster.smk"
include: "rules/video.smk"
include: "rules/keypoints.smk"
include: "rules/motion.smk"
include: "rules/prompt.smk"
include: "rules/search.smk"
include: "rules/reward.smk"
include: "rules/policy.smk"
include: "rules/physics.smk"
include: "rules/halving.smk"
include: "rules/tuning.smk"
include: "rules/rollout.smk"
include: "rules/feedback.smk"
include: "rules/critique.smk"
include: "rules/judges.smk"
include: "rules/report.smk"
include: "rules/tables.smk"
include: "rules/hosts.smk"
include: "rules/sharing.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        of_loops(SEED.best),
        REPORT,


STARTED = time.time()


onstart:
    let_sleep(workflow)


onsuccess:
    made = f"; open {REPORT}" if os.path.exists(REPORT) else ""
    print(f"finished in {time.time() - STARTED:.0f} s{made}")


onerror:
    if INTERRUPTION.came:
        print(SENTENCE, file=sys.stderr)
    else:
        for sentence in messages(RESULTS, STARTED):
            print(sentence, file=sys.stderr)
        print(
            "Finished work is kept: fix the cause and run the same command again.",
            file=sys.stderr,
        )
