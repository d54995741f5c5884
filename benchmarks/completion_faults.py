"""Are answers paid for twice, or lost, when a server fails and jobs are killed?

Runs many jobs of `sample_completion.py` in parallel against a local server, as the workflow does. The server fails
some calls in every way that tests/chat_server.py supports. Some jobs are killed, most of them during their request,
and restarted. In the end, every answer must be stored and complete; an answer may have been requested twice only if a
kill hit the job between its arrival and the store. Then all jobs run again, without any further request.

    python benchmarks/completion_faults.py
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "workflow_scripts")]

from tests.chat_server import ChatServer, Reply, completion, error  # noqa: E402

from video2reward.artifacts.completion import read_completion  # noqa: E402
from video2reward.artifacts.prompt import Prompt, write_prompt  # noqa: E402
from video2reward.settings.llm import LLM  # noqa: E402

SEEDS = 500  # the provider asks again for an empty answer with a seed this much further on
TIMEOUT_S = 6.0
FAULTS: dict[str, Callable[[], Reply]] = {
    "429, Retry-After 0.5 s": lambda: Reply(error("slow down"), 429, headers={"Retry-After": "0.5"}),
    "429, Retry-After a date": lambda: Reply(error("slow down"), 429, headers=_in_a_second()),
    "500": lambda: Reply(error("boom"), 500),
    "502, HTML": lambda: Reply("<html>Bad gateway</html>", 502),
    "503": lambda: Reply(error("overloaded"), 503),
    "connection reset": lambda: Reply(cut=0, reset=True),
    "reset in the answer": lambda: Reply(cut=150, reset=True),
    "answer cut off": lambda: Reply(cut=200),
    "no answer in time": lambda: Reply(status=500, delay_s=TIMEOUT_S + 1),
    "no JSON": lambda: Reply("<html>Log in</html>"),
    "half the JSON": lambda: Reply(b'{"id": "1", "choices": [{"message": {"content": "```py'),
    "empty answer": lambda: Reply(completion("")),
}


def _in_a_second() -> dict[str, str]:
    return {"Retry-After": formatdate(time.time() + 1, usegmt=True)}


@dataclass
class Service:
    """The server's side: which questions came, which answers it gave, how it failed.

    asked: requests of a question so far; failed: kind -> how often; given: answers that were made
    """

    rate: float
    chance: random.Random
    asked: Counter[int] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    given: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, body: dict[str, Any]) -> Reply:
        """Answer a question after a moment, or fail."""
        with self.lock:
            self.asked[question_of(body)] += 1
            if self.chance.random() < self.rate:
                kind = self.chance.choice(list(FAULTS))
                self.failed[kind] += 1
                return FAULTS[kind]()
            self.given += 1
            text = f"Answer {self.given} to question {question_of(body)}."
            return Reply(completion(text), delay_s=self.chance.uniform(0.0, 0.3))


@dataclass
class Stage:
    """The completion stage in a folder of its own; kills: question -> how often its job was killed."""

    folder: Path
    url: str
    service: Service
    kills: Counter[int] = field(default_factory=Counter)

    def start(self, number: int) -> subprocess.Popen[str]:
        """Start the job of one question, as its rule does."""
        llm = LLM(provider="openai", model="benchmark", base_url=self.url, timeout_s=TIMEOUT_S)
        told = llm.model_dump(mode="json", include={"provider", "model", "base_url", "temperature"})
        asking = llm.model_dump(mode="json", include={"timeout_s", "retries", "give_up_s"})
        params = {"llm": told, "seed": 0, "iteration": 0, "candidate": number}
        command = [
            sys.executable, ROOT / "workflow_scripts" / "sample_completion.py", "--record", self.folder / "prompt.json",
            "--completion", self.file(number), "--store", self.folder / "completions", "--prices",
            ROOT / "resources" / "prices.yaml", "--params", json.dumps(params), "--asking", json.dumps(asking), "--code", "x",
        ]  # fmt: skip
        environment = {**os.environ, "OPENAI_API_KEY": "sk-loopback"}
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )

    def file(self, number: int) -> Path:
        """Return where an answer goes."""
        return self.folder / "iter0" / f"completion_{number}.json"

    def run(self, number: int, kill: float | None) -> str:
        """Run one job to its end -> what it said if it failed.

        kill: kill it so many seconds after its first request came in, and start it again; None: let it be
        """
        if kill is not None:
            job, before = self.start(number), self.service.asked[number]
            while job.poll() is None and self.service.asked[number] == before:
                time.sleep(0.005)
            with suppress(subprocess.TimeoutExpired):
                job.wait(kill)
            if job.poll() is None:
                job.send_signal(signal.SIGKILL)
                self.kills[number] += 1
            job.communicate()
        job = self.start(number)
        said, _ = job.communicate()
        return said if job.returncode else ""


def question_of(body: dict[str, Any]) -> int:
    """Return the number of a request's question, which its sampling seed tells."""
    return int(body["seed"]) % SEEDS


def main() -> None:
    """Ask, kill, ask again, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100, help=f"at most {SEEDS - 1}")
    parser.add_argument("--failing", type=float, default=0.3, help="part of the calls that fail")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--jobs", type=int, default=4, help="side by side")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    service = Service(args.failing, random.Random(args.seed + 1))
    numbers = range(1, args.runs + 1)
    kills = {
        number: chance.uniform(0.0, 0.4) for number in chance.sample(numbers, min(args.kills, args.runs))
    }
    with (
        tempfile.TemporaryDirectory(prefix="video2reward-faults-") as folder,
        ChatServer(choose=service.reply) as server,
    ):
        stage = Stage(Path(folder), server.url, service)
        prompt = Prompt(({"role": "user", "content": "Write a reward."},), {})
        write_prompt(stage.folder / "prompt.txt", stage.folder / "prompt.json", prompt)
        start = time.monotonic()
        with ThreadPoolExecutor(args.jobs) as pool:
            said = list(pool.map(lambda number: stage.run(number, kills.get(number)), numbers))
        seconds = time.monotonic() - start
        texts = {
            number: read_completion(stage.file(number)).text
            for number in numbers
            if stage.file(number).exists()
        }
        asked = sum(service.asked.values())
        for number in numbers:
            stage.file(number).unlink(missing_ok=True)
        with ThreadPoolExecutor(args.jobs) as pool:
            said += list(pool.map(lambda number: stage.run(number, None), numbers))
        again = {
            number: read_completion(stage.file(number)).text
            for number in texts
            if stage.file(number).exists()
        }
        good = print_figures(
            stage, server, texts, asked, seconds, again == texts, [text for text in said if text]
        )
    if not good:
        raise SystemExit(1)


def print_figures(
    stage: Stage,
    server: ChatServer,
    texts: dict[int, str],
    asked: int,
    seconds: float,
    same: bool,
    errors: list[str],
) -> bool:
    """Print what came of it -> whether all is as it must be."""
    answers: dict[int, list[str]] = {}
    for body, reply in server.delivered:
        text = reply.body["choices"][0]["message"]["content"] if isinstance(reply.body, dict) else ""
        if text:
            answers.setdefault(question_of(body), []).append(text)
    twice = [number for number, given in answers.items() if len(given) > 1]
    unexplained = [number for number in twice if len(answers[number]) > 1 + stage.kills[number]]
    lost = [number for number, given in answers.items() if texts.get(number) not in given]
    service = stage.service
    requests_after = sum(service.asked.values()) - asked
    rows = [
        ("runs that finished", f"{len(texts)} of {len(stage.service.asked)}, in {seconds:.0f} s"),
        ("requests", f"{asked}, of which the server failed {sum(service.failed.values())}"),
        ("failed how", ", ".join(f"{kind} {count}" for kind, count in service.failed.most_common())),
        ("jobs killed outright while asking", str(sum(stage.kills.values()))),
        ("answers handed over whole", str(sum(map(len, answers.values())))),
        ("of these twice for one question, the job killed in between", str(len(twice) - len(unexplained))),
        ("twice without a kill", str(len(unexplained))),
        ("lost or changed", str(len(lost))),
        (
            "asked again when all ran once more",
            f"{requests_after}; {'the same answers' if same else 'OTHER ANSWERS'}",
        ),
    ]
    print("\n".join(["| | |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]))
    for text in errors[:5]:
        print(text, file=sys.stderr)
    return same and not (unexplained or lost or errors or requests_after)


if __name__ == "__main__":
    main()
