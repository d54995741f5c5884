"""Ask for one reward function and store the answer: prompt.json -> completion_<k>.json."""

import json
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.completion import write_completion
from video2reward.artifacts.prompt import read_prompt
from video2reward.jobs.script import Script, run_script
from video2reward.llm.ask import ask, completion_in_words
from video2reward.llm.base import CompletionProvider, Question
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.llm import LLM


def main() -> None:
    script = Script(__doc__ or "").input("record").input("source", "recorded-prompt", optional=True)
    script.output("completion").option("store", Path, Path("completions"))
    script.option("prices", Path, Path("resources/prices.yaml")).option("asking", json.loads, {})
    script.option("round", json.loads, {}).parse()
    settings = LLM(**script.params["llm"], **script.args.asking)
    prompt = read_prompt(script.path("record"))
    which = {name: int(script.params[name]) for name in ("seed", "iteration", "candidate")}
    question = Question(
        prompt.messages,
        settings,
        **which,
        **script.args.round,
        facts=prompt.facts,
        folder=script.path("completion").parent,
        source=script.args.source,
    )
    provider: CompletionProvider = COMPLETION_PROVIDERS.load(settings.provider)()
    completion = ask(provider, question, script.args.store, script.args.prices)
    write_completion(script.path("completion"), replace(completion, provenance=script.provenance()))
    print(completion_in_words(completion))


if __name__ == "__main__":
    run_script(main)
