"""Ask a judge for the scores of motions of known order -> judge.json and a page."""

from __future__ import annotations

import json
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import write_text
from video2reward.artifacts.judge import JudgeTest, read_judge_test, write_judge_test
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.critique.judge.asking import AskForScore, Messages, ask_for_scores
from video2reward.critique.judge.verdict import AboutMotion, give_judgement, judgement_in_words
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.llm.ask import Asker
from video2reward.llm.base import NotYetError, Question
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.llm import LLM


def main() -> None:
    script = Script(__doc__ or "").input("reference", "template", "style")
    script.input("rollouts", "records", "pictures", many=True).input("answers", optional=True, many=True)
    script.input("recorded", optional=True).output("judgement", "page")
    script.option("store", Path, Path("completions")).option("prices", Path, Path("resources/prices.yaml"))
    script.option("asking", json.loads, {}).option("section", str, "vlm").parse()
    judgement = judged(script)
    write_judge_test(script.path("judgement"), judgement)

    from video2reward.critique.judge.page import judge_page

    folders = [path.parent for path in script.paths("records")]
    page = judge_page(judgement, folders, script.path("template"), script.path("style"))
    write_text(script.path("page"), page)
    print(judgement_in_words(judgement))


def judged(script: Script) -> JudgeTest:
    """Ask about every motion; of answers by hand, all that are missing are named at once."""
    from video2reward.critique.judge.figures import measure_motion

    settings = LLM(**script.params["llm"], **script.args.asking)
    reference = read_reference(script.path("reference"))
    about, waiting = [], []
    for record, path in zip(script.paths("records"), script.paths("rollouts"), strict=True):
        rollout = read_rollout(path)
        ask_judge = asking(script, settings, record.parent, rollout.info["motion"])
        try:
            answered = ask_for_scores(
                read_prompt(record).messages, repetitions(script, settings, rollout.info["motion"]), ask_judge
            )
        except NotYetError as error:
            waiting += error.files
            continue
        measured = measure_motion(rollout, reference, float(script.params["max_falls"]))
        about.append(AboutMotion(rollout, measured, *answered))
    if waiting:
        raise UserError(
            f"provider manual: {len(waiting)} of {len(script.paths('records'))} known motions wait for a score; each question, "
            "critique_prompt.txt, and its pictures lie beside its answer's file; put an answer into each, then run the same "
            f"command again: {', '.join(map(str, waiting))}"
        )
    return give_judgement(about, script.params["about"], script.args.section, script.provenance())


def asking(script: Script, settings: LLM, folder: Path, known: str) -> AskForScore:
    """Return how the judge is asked about one motion."""
    asker = Asker(settings, script.args.section, script.args.store, script.args.prices)
    answer_file = next((path for path in script.paths("answers") if path.parent == folder), None)

    def asked(messages: Messages, repetition: int, attempt: int) -> Completion:
        question = Question(
            messages,
            settings,
            seed=0,
            iteration=0,
            candidate=repetition,
            attempt=attempt,
            folder=folder,
            source=script.args.recorded or answer_file,
            critique=True,
            known=known,
        )
        return asker(question, f"{known}: ")

    return asked


def repetitions(script: Script, settings: LLM, known: str) -> int:
    """Return how many answers are asked for: as many as were recorded, several of a model that draws them, else one."""
    if settings.provider == "recorded" and script.args.recorded is not None:
        recorded = next(
            (one for one in read_judge_test(script.args.recorded).motions if one.name == known), None
        )
        return len(recorded.scores) if recorded else 1
    drawn = COMPLETION_PROVIDERS.load(settings.provider).costs and settings.temperature > 0
    return int(script.params["repetitions"]) if drawn else 1


if __name__ == "__main__":
    run_script(main)
