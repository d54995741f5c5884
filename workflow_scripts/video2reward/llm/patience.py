"""How long one answer is asked for: pauses between requests, their number, and the time for all of them."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from video2reward.errors import UserError
from video2reward.llm.base import UnansweredError
from video2reward.settings.llm import LLM

T = TypeVar("T")

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True)
class Fault:
    """Why a request brought no answer.

    what: in a few words, as it is counted; detail: what the server or the system said
    again: whether the next request may bring one; wait_s: how long the server asks to wait
    paid: whether an answer may have been written, and charged, that did not arrive
    unusable: whether it is a reply that holds no answer, of which few are borne
    hint: what a user can do about it
    """

    what: str
    detail: str = ""
    again: bool = True
    wait_s: float | None = None
    paid: bool = False
    unusable: bool = False
    hint: str = ""


class Patience:
    """The bounds on one answer: `llm.retries` further requests within `llm.give_up_s` seconds."""

    def __init__(self, where: str, settings: LLM) -> None:
        """Start the clock; `where`: the server, as sentences name it."""
        self.faults: list[Fault] = []
        self._where, self._settings = where, settings
        self._start = time.monotonic()

    @property
    def spent_s(self) -> float:
        """Seconds since the first request."""
        return time.monotonic() - self._start

    @property
    def request_s(self) -> float:
        """What is left for the next request, s."""
        return max(0.01, min(self._settings.timeout_s, self._settings.give_up_s - self.spent_s))

    def bear(self, fault: Fault) -> None:
        """Pause before the next request, or raise the error that says what was tried.

        The pause doubles from `FIRST_PAUSE_S` to `LONGEST_PAUSE_S` and is shortened by chance to as little as
        half, so that jobs that failed together do not come back together; it is never shorter than what the
        server asks for.
        """
        self.faults.append(fault)
        if not fault.again or len(self.faults) > self._settings.retries:
            raise self._error(fault)
        pause = min(FIRST_PAUSE_S * 2 ** (len(self.faults) - 1), LONGEST_PAUSE_S) * random.uniform(0.5, 1.0)
        if fault.wait_s is not None:
            pause = fault.wait_s + random.uniform(0.0, min(fault.wait_s, pause))
        left = self._settings.give_up_s - self.spent_s
        if pause >= left:
            raise self._error(fault, fault.wait_s)
        print(f"{self._where}: {fault.what}; asking again in {pause:.1f} s", flush=True)
        time.sleep(pause)

    def _error(self, last: Fault, asked_to_wait: float | None = None) -> UserError:
        """Return the sentence: what came of every request, what the last one said, the way out."""
        kinds = Counter(fault.what for fault in self.faults)
        tries = len(self.faults)
        said = f": {last.detail}" if last.detail else ""
        if tries == 1:
            text = f"{self._where} {last.what}{said}"
        else:
            told = ", ".join(
                what if count == 1 else f"{what} ({count} times)" for what, count in kinds.items()
            )
            text = f"{self._where} gave no answer in {tries} tries within {self.spent_s:.0f} s: {told}{said}"
        if asked_to_wait is not None:
            text += (
                f"; it asks to wait {asked_to_wait:.0f} s, and llm.give_up_s is {self._settings.give_up_s:g}"
            )
        elif last.again:
            text += f" (llm.retries: {self._settings.retries}, llm.give_up_s: {self._settings.give_up_s:g})"
        hint = last.hint or "the same command asks again"
        paid = any(fault.paid for fault in self.faults)
        return (UnansweredError if paid else UserError)(f"{text}; {hint}")


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return `call()`, or raise `TimeoutError` after so many seconds, whatever it is busy with by then.

    The client's own time-outs bound each read alone: a server that sends a byte a minute outlives them, and
    so does the look-up of a name.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="request", daemon=True).start()
    return future.result(timeout=seconds)
