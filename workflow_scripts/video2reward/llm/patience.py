"""Retries for one answer: pauses between requests, their number, and the total time."""

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

    what: a few words, by which faults are counted; detail: what the server or the system said
    again: whether to retry; wait_s: how long the server asks to wait
    paid: whether an answer that did not arrive may have been written and charged
    unusable: whether it is a reply without an answer, of which only a few are accepted
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
    """The limits for one answer: `llm.retries` further requests within `llm.give_up_s` seconds."""

    def __init__(self, where: str, settings: LLM) -> None:
        """Start the clock; `where`: the server's name in messages."""
        self.faults: list[Fault] = []
        self._where, self._settings = where, settings
        self._start = time.monotonic()

    @property
    def spent_s(self) -> float:
        """Seconds since the first request."""
        return time.monotonic() - self._start

    @property
    def request_s(self) -> float:
        """Time limit of the next request, s."""
        return max(0.01, min(self._settings.timeout_s, self._settings.give_up_s - self.spent_s))

    def bear(self, fault: Fault) -> None:
        """Pause before the next request, or raise the error that says what was tried.

        The pause doubles from `FIRST_PAUSE_S` to `LONGEST_PAUSE_S` and is randomly shortened by up to half, so that
        jobs that failed together do not retry together. It is never shorter than the server asks for.
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
        """Return the error: the outcome of all requests, the last one's message, and what to do."""
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
    """Return `call()`, or raise `TimeoutError` after so many seconds, whatever it is doing.

    The client's own time-outs limit single reads: a server that sends a byte a minute never triggers them, nor does a
    slow DNS lookup.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="request", daemon=True).start()
    return future.result(timeout=seconds)
