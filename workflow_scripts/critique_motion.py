"""Have the robot's motion judged beside the video's: critique_prompt.json and its pictures -> critique.json."""

import json
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import Critique, write_critique
from video2reward.artifacts.prompt import Message, read_prompt
from video2reward.critique.asking import ask_critic
from video2reward.critique.question import pictures_seen
from video2reward.jobs.script import Script, run_script
from video2reward.llm.ask import Asker, in_section, settings_of
from video2reward.llm.base import Question
from video2reward.scores.judges import judge_tests, trust_in_words
from video2reward.settings.llm import LLM


def main() -> None:
    script = (
        Script(__doc__ or "").input("record", "pictures").input("source", optional=True).output("critique")
    )
    script.option("store", Path, Path("completions")).option("prices", Path, Path("resources/prices.yaml"))
    script.option("asking", json.loads, {}).option("section", str, "vlm")
    script.option("results", Path, None).parse()
    settings = LLM(**script.params["llm"], **script.args.asking)
    asker = Asker(settings, script.args.section, script.args.store, script.args.prices)
    prompt = read_prompt(script.path("record"))

    def answered(messages: tuple[Message, ...], attempt: int) -> Completion:
        return asker(
            Question(
                messages,
                settings,
                int(script.params["seed"]),
                int(script.params["iteration"]),
                candidate=0,
                attempt=attempt,
                folder=script.path("record").parent,
                source=script.args.source,
                critique=True,
            )
        )

    with settings_of(script.args.section):
        seen = pictures_seen(prompt, settings)
    critique = ask_critic(prompt, answered)
    critique = replace(critique, pictures=seen, why=in_section(critique.why, script.args.section))
    if script.args.results is not None and (answer := critique.answer) is not None:
        tests = judge_tests(script.args.results, answer.provider, answer.model)
        critique = replace(critique, trust=trust_in_words(tests))
    write_critique(script.path("critique"), replace(critique, provenance=script.provenance()))
    print(in_words(critique))


def in_words(critique: Critique) -> str:
    """Return what came of it, for the log."""
    if critique.heads is None:
        return "; ".join(filter(None, (critique.why, critique.unchecked)))
    counts = ", ".join(f"{len(points)} {head}" for head, points in critique.heads.items())
    left = "".join(f"\nleft out, as {one.why}: {one.point}" for one in critique.left_out)
    known = "; ".join(filter(None, (counts, critique.trust, critique.why, critique.unchecked)))
    return f"critique: {known}{left}"


if __name__ == "__main__":
    run_script(main)
