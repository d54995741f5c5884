"""The single entry point for asking: known answers come from the store, new questions go through the budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, NoRepairError, Question
from video2reward.llm.budget import Budget, priced
from video2reward.llm.store import Store, store_key
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.llm import LLM
from video2reward.settings.prices import read_prices
from video2reward.text.visible import in_one_line


def ask(provider: CompletionProvider, question: Question, folder: Path, prices: Path) -> Completion:
    """Return the answer to `question`.

    folder: the store of paid answers; prices: resources/prices.yaml. Free providers are asked directly. If several
    processes ask the same question at once, one pays and the others wait. An answer is stored before anything else
    happens to it. If too little of `llm.max_cost` is left, a `UserError`.
    """
    if not provider.costs:
        return provider.complete(question)
    store, key, table = Store(folder), store_key(question), read_prices(prices)
    with store.alone(key):
        if (known := store.find(key)) is not None:
            return known
        with Budget(store, table).reserved(key, question) as once_more:
            answer = provider.complete(replace(question, once_more=once_more))
            settings = question.settings
            completion = priced(
                answer, table.price(settings), question.messages, settings.most_picture_tokens
            )
            store.keep(key, completion)
        return completion


@dataclass(frozen=True)
class Asker:
    """Asks for judgements of motions, by the settings of `section`; store, prices: as in `ask`."""

    settings: LLM
    section: str
    store: Path
    prices: Path

    def __call__(self, question: Question, about: str = "") -> Completion:
        """Return the answer, and print who gave it; about: what the line begins with."""
        provider: CompletionProvider = COMPLETION_PROVIDERS.load(self.settings.provider)()
        with settings_of(self.section):
            answer = ask(provider, question, self.store, self.prices)
        print(f"{about}{completion_in_words(answer)}", flush=True)
        return answer


@contextmanager
def settings_of(section: str) -> Iterator[None]:
    """Let errors name the settings of `section`; providers speak of the section llm."""
    try:
        yield
    except NoRepairError:
        raise
    except UserError as error:
        error.args = (in_section(str(error), section),)
        raise


def in_section(words: str, section: str) -> str:
    """Return words that name settings of the section llm with those of `section`."""
    return re.sub(r"\bllm\.", f"{section}.", words)


def completion_in_words(completion: Completion) -> str:
    """Return who answered, the time it took, tokens and price, in words."""
    kind = "language model" if completion.is_language_model else "no language model"
    said = f"{in_one_line(completion.model, 100)} ({completion.provider}, {kind}): {len(completion.text)} characters"
    if not completion.is_language_model:
        return said
    tokens = ", ".join(
        f"{'unknown' if count is None else count} tokens {way}"
        for way, count in (("in", completion.input_tokens), ("out", completion.output_tokens))
    )
    price = "price unknown" if completion.price_usd is None else f"{completion.price_usd:.4f} USD"
    return f"{said}, {completion.latency_s:.1f} s, {tokens}, {price}"
