"""The budget of a results folder: no question is sent that could exceed `llm.max_cost`.

Before a question is sent, its largest cost is noted beside the store; the note is deleted once the answer is stored.
The notes of dead processes count as paid until their question is answered, because nobody knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import read_json, write_json
from video2reward.artifacts.prompt import Message, pictures_in
from video2reward.errors import UserError
from video2reward.llm.base import Question, UnansweredError
from video2reward.llm.store import Store
from video2reward.settings.prices import Price, PriceList

_NOTE = ".asked"
_TURN = 16  # upper bound on the tokens that a server adds to a message; 3 to 7 are usual


def most_tokens(messages: Iterable[Message], picture: int = 0) -> int:
    """Return an upper bound on the tokens of messages: no tokeniser in use makes more than one token per byte.

    picture: upper bound on the tokens of one picture
    """
    return sum(
        len(m["content"].encode("utf-8", "replace")) + _TURN + picture * pictures_in(m) for m in messages
    )


def priced(
    completion: Completion, price: Price | None, messages: Iterable[Message] = (), picture: int = 0
) -> Completion:
    """Return an answer with its price, which is None if the model's price is unknown.

    If the server reports no tokens, the upper bound for `messages` (see `most_tokens`) and answer is used.
    """
    if price is None:
        return replace(completion, price_usd=None)
    tokens_in, tokens_out = completion.input_tokens, completion.output_tokens
    if tokens_in is None:
        tokens_in = most_tokens(messages, picture)
    if tokens_out is None:
        tokens_out = most_tokens([{"content": completion.text}])
    return replace(completion, price_usd=price.of(tokens_in, tokens_out, completion.cached_tokens or 0))


class Budget:
    """The actual and possible cost of a store's answers, USD, shared by all processes that ask."""

    def __init__(self, store: Store, prices: PriceList) -> None:
        """Keep the notes beside the answers of `store`."""
        self._store = store
        self._prices = prices

    @contextmanager
    def reserved(self, key: str, question: Question) -> Iterator[Callable[[], None]]:
        """Reserve the largest cost of an answer to `question`; if less is left, a `UserError`.

        Yields a function that reserves the same amount again, for a further request after one that may have been charged.
        The note stays if the block ends without an answer that may have been charged: a kill, a time-out.
        """
        price = self._prices.price(question.settings)
        tokens = most_tokens(question.messages, question.settings.most_picture_tokens)
        most = price.of(tokens, question.settings.max_tokens) if price else None
        note = self._store.folder / f"{key}{_NOTE}"
        before = _times(note)

        def reserve() -> None:
            with self._store.alone("budget"):
                if question.settings.max_cost is not None:
                    self._check(question, most)
                self._note(note, question, most, _times(note) + 1)

        def once_more() -> None:
            try:
                reserve()
            except UserError as error:  # the earlier request stays reserved
                raise UnansweredError(str(error)) from None

        reserve()
        try:
            yield once_more
        except UnansweredError:
            raise
        except UserError:  # refused: nothing was written and nothing is charged
            self._note(note, question, most, before)
            raise
        note.unlink(missing_ok=True)

    def _note(self, note: Path, question: Question, most: float | None, times: int) -> None:
        """Note how often a question was sent that has no answer yet."""
        if times:
            write_json(note, {"model": question.settings.model, "usd": most, "times": times})
        else:
            note.unlink(missing_ok=True)

    def _check(self, question: Question, most: float | None) -> None:
        """Raise a `UserError` if one more answer of the largest length could exceed the limit."""
        limit = question.settings.max_cost or 0.0
        if most is None:
            raise UserError(
                f"llm.max_cost = {limit:g} needs prices: {self._prices.unknown(question.settings)}"
            )
        # In this order, an answer that arrives in between is counted twice rather than not at all.
        open_ = self._open(question)
        spent = self._spent(question)
        if spent + open_ + most <= limit:
            return
        under_way = f", {open_:.4f} USD may be spent on open questions" if open_ else ""
        raise UserError(
            f"llm.max_cost = {limit:g} USD would be exceeded: {spent:.4f} USD are spent{under_way}, and the next answer "
            f"of {question.settings.model} costs at most {most:.4f} USD; raise llm.max_cost to at least "
            f"{_up(spent + open_ + most)}, or lower llm.max_tokens. All answers are kept, and none is paid for twice"
        )

    def _spent(self, question: Question) -> float:
        """Return the total cost of the answers in the store, USD."""
        return sum(self._cost(answer, question) for answer in self._store.answers())

    def _cost(self, answer: Completion, question: Question) -> float:
        """Return an answer's price; if it was unknown at the time, the current price."""
        if answer.price_usd is not None:
            return answer.price_usd
        model = str(answer.parameters.get("model") or answer.model)
        asked = question.settings
        own = model == asked.model
        price = self._prices.price(
            asked
            if own
            else asked.model_copy(update={"model": model, "input_price": None, "output_price": None})
        )
        found = priced(answer, price).price_usd
        if found is None:
            raise UserError(
                f"llm.max_cost = {asked.max_cost:g}: the cost of an earlier answer of {model} is unknown; add the model "
                f"to {self._prices.path}, or remove llm.max_cost"
            )
        return found

    def _open(self, question: Question) -> float:
        """Return the possible cost of questions without an answer, USD."""
        total = 0.0
        for path in self._store.folder.glob(f"*{_NOTE}"):
            try:
                note = read_json(path)
            except UserError:
                if not path.exists():  # answered meanwhile
                    continue
                raise
            usd = note.get("usd")
            if usd is None:
                raise UserError(
                    f"llm.max_cost = {question.settings.max_cost:g}: a question to {note.get('model')} may have been charged "
                    f"when its price was unknown; once you know that it was not, delete {path}"
                )
            total += float(usd) * int(note.get("times", 1))
        return total


def _times(note: Path) -> int:
    """Return how often a question was sent so far without an answer."""
    return int(read_json(note).get("times", 1)) if note.exists() else 0


def _up(usd: float) -> str:
    """Return an amount, rounded up to be sufficient."""
    return f"{math.ceil(usd * 1e4) / 1e4:.4f}"
