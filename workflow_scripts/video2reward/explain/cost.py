"""Cost forecast of a run's language models, from earlier answers, written prompts or typical lengths."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import pictures_in, read_prompt
from video2reward.engine.graph import PlannedJob
from video2reward.errors import UserError
from video2reward.results.layout import RoundFolder
from video2reward.settings.llm import LLM
from video2reward.settings.picture_tokens import rule_of, within_budget
from video2reward.settings.prices import Price, PriceList

RULE = "sample_completion"
CRITIQUE = "critique_motion"
JUDGING = "judge_motions"
CHECKING = "extract_reward"
FIXED, TUNED = "fixed", "tuned"
"""The provider names of methods with a fixed reward, and of the candidate that is the tuned best reward."""
Answered = Callable[[PlannedJob], bool | None]

# Tokens of the default configuration's prompts and the template's answer (OpenAI's tokenisers o200k_base and
# cl100k_base); a repair sends prompt, answer and error.
CHARACTERS_PER_TOKEN = 2.8
FIRST_PROMPT, LATER_PROMPT, ANSWER, ERROR = 4900, 7000, 1300, 300
QUESTION, PICTURE = 500, 600  # of a critique: its words, and one picture, as GPT-4o counts them
PICTURES, PICTURE_SIZE = 8, (1286, 388)  # the default's, px
REPAIRED = 0.5
"""Assumed fraction of answers that need a repair: more than half of GPT-4's candidates ran (Eureka, issue 4)."""


@dataclass(frozen=True)
class PastAnswers:
    """The earlier answers in a results folder, including repairs.

    answers: of language models; repaired: fraction of candidates sent back for repair, None without any
    """

    answers: tuple[Completion, ...] = ()
    repaired: float | None = None

    def of(self, model: str) -> list[Completion]:
        """Return a model's answers with known token counts."""
        return [
            answer
            for answer in self.answers
            if answer.is_language_model
            and answer.parameters.get("model", answer.model) == model
            and answer.input_tokens is not None
            and answer.output_tokens is not None
        ]


@dataclass(frozen=True)
class Forecast:
    """The requests to one model.

    answers: number to request; stored: number already in the store; unsure: some prompts may turn out unchanged,
        so that fewer are requested
    repairs: expected number, most_repairs: maximum; price: None if unknown
    tokens_in, tokens_out: expected, including repairs; most_in, most_out: with every answer llm.max_tokens long
        and every repair requested; basis: source of the token counts
    spent: known cost of all answers so far, USD
    """

    llm: LLM
    answers: int
    stored: int
    unsure: bool
    repairs: float
    most_repairs: int
    price: Price | None
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    most_in: float = 0.0
    most_out: float = 0.0
    basis: str = ""
    spent: float = 0.0

    @property
    def usd(self) -> float | None:
        """The expected price, USD."""
        return self.price.of(self.tokens_in, self.tokens_out) if self.price else None

    @property
    def most_usd(self) -> float | None:
        """The price with every answer at maximum length and every repair requested, USD."""
        return self.price.of(self.most_in, self.most_out) if self.price else None


def forecasts(
    jobs: Iterable[PlannedJob],
    costs: Callable[[str], bool],
    answered: Answered,
    past: PastAnswers,
    prices: PriceList,
) -> list[Forecast]:
    """Return one forecast per model for the jobs that run; without tokens for providers that cost nothing.

    costs: whether a provider costs money; answered: whether the store has the answer to a job's prompt, None
    while the prompt is not written
    """
    running = [job for job in jobs if job.runs]
    asking: dict[LLM, list[PlannedJob]] = {}
    for job in running:
        if job.rule in (RULE, CRITIQUE, JUDGING):
            asking.setdefault(_llm(job), []).extend([job] * _answers(job))
    checked = [_llm(job) for job in running if job.rule == CHECKING and "llm" in json.loads(job.settings)]
    return [
        _forecast(
            llm, group, [other for other in checked if _same(other, llm)], costs, answered, past, prices
        )
        for llm, group in asking.items()
    ]


def _answers(job: PlannedJob) -> int:
    """Return how many answers a job asks for: a judge's test one or several about each motion, others one."""
    if job.rule != JUDGING:
        return 1
    motions = sum(path.name == RoundFolder.critique_record.name for path in job.inputs)
    return motions * (int(json.loads(job.settings)["repetitions"]) if _llm(job).temperature > 0 else 1)


def _llm(job: PlannedJob) -> LLM:
    return LLM(**json.loads(job.settings)["llm"], **json.loads(job.asking))


def _same(one: LLM, other: LLM) -> bool:
    """Tell whether two stages, each with its own settings, use the same model in the same way."""
    keys = {"provider", "model", "base_url", "temperature", "max_tokens"}
    return one.model_dump(include=keys) == other.model_dump(include=keys)


def _forecast(
    llm: LLM,
    group: Sequence[PlannedJob],
    checked: Sequence[LLM],
    costs: Callable[[str], bool],
    answered: Answered,
    past: PastAnswers,
    prices: PriceList,
) -> Forecast:
    known = {job: answered(job) for job in group} if costs(llm.provider) else dict.fromkeys(group, False)
    asked = [job for job in group if not known[job]]
    most_repairs = sum(one.repairs for one in checked)
    share = REPAIRED if past.repaired is None else past.repaired
    found = Forecast(
        llm=llm,
        answers=len(asked),
        stored=len(group) - len(asked),
        unsure=None in known.values(),
        repairs=min(share * len(checked), most_repairs),
        most_repairs=most_repairs,
        price=prices.price(llm),
        spent=sum(answer.price_usd or 0.0 for answer in past.answers),
    )
    return _with_tokens(found, asked, past.of(llm.model)) if costs(llm.provider) else found


def _with_tokens(found: Forecast, asked: Sequence[PlannedJob], same: list[Completion]) -> Forecast:
    """Add the tokens, from the model's earlier answers, else from written prompts, else typical counts."""
    if same:
        one_in = mean(answer.input_tokens or 0 for answer in same)
        one_out = mean(answer.output_tokens or 0 for answer in same)
        basis = f"as the {counted(len(same), 'answer')} so far"
    else:
        prompts = [tokens_expected(job) for job in asked]
        one_in = mean(tokens for tokens, _ in prompts) if prompts else float(FIRST_PROMPT)
        one_out = float(min(ANSWER, found.llm.max_tokens))
        written = sum(from_file for _, from_file in prompts)
        basis = f"no answer so far to go by: {_prompts_in_words(written, len(prompts))}, {one_out:,.0f} for an answer"
    again_in = one_in + one_out + ERROR
    longest = one_in + found.llm.max_tokens + ERROR
    return replace(
        found,
        tokens_in=found.answers * one_in + found.repairs * again_in,
        tokens_out=(found.answers + found.repairs) * one_out,
        most_in=found.answers * one_in + found.most_repairs * longest,
        most_out=float((found.answers + found.most_repairs) * found.llm.max_tokens),
        basis=basis,
    )


def tokens_expected(job: PlannedJob) -> tuple[float, bool]:
    """Return the estimated tokens of a job's prompt, and whether the prompt is already written."""
    for path in job.inputs:
        if path.name in (RoundFolder.prompt_record.name, RoundFolder.critique_record.name) and path.exists():
            return _file_tokens(path, _llm(job)), True
    if job.rule in (CRITIQUE, JUDGING):
        return float(QUESTION + PICTURES * picture_expected(_llm(job), PICTURE_SIZE)), False
    first = job.wildcards.get("n", "1") == "1"
    return float(FIRST_PROMPT if first else LATER_PROMPT), False


def picture_expected(llm: LLM, size: tuple[int, int]) -> int:
    """Return the tokens of a picture of this size, px, by the model's own rule and within its budget, else as GPT-4o counts."""
    try:
        found = rule_of(llm)
        return found[1](*within_budget(llm, *size)) if found else PICTURE
    except UserError:  # the plan refuses it in a sentence
        return PICTURE


def _file_tokens(path: Path, llm: LLM) -> float:
    try:
        prompt = read_prompt(path)
    except UserError:
        return float(FIRST_PROMPT)
    width, height = prompt.facts.get("pictures", {}).get("size", PICTURE_SIZE)
    shown = sum(map(pictures_in, prompt.messages))
    tokens = shown * picture_expected(llm, (width, height)) if shown else 0
    return sum(len(message["content"]) for message in prompt.messages) / CHARACTERS_PER_TOKEN + tokens


def _prompts_in_words(written: int, count: int) -> str:
    """Return the source of the prompt lengths, in words."""
    typical = (
        f"the default's {FIRST_PROMPT:,} tokens for a prompt of round 1 and {LATER_PROMPT:,} for later ones"
    )
    if not written:
        return typical
    some = f"the prompts that are written at {CHARACTERS_PER_TOKEN} characters a token"
    return some if written == count else f"{some}, {typical}"


def costs_in_words(found: Sequence[Forecast], costs: Callable[[str], bool]) -> list[str]:
    """Return the cost of the planned completions, one sentence per model."""
    if not found:
        return ["0 USD: no completion is asked for"]
    said = (_paid(one) if costs(one.llm.provider) else free_in_words(one.llm) for one in found)
    return list(dict.fromkeys(said))


def free_in_words(llm: LLM) -> str:
    """Return why a provider costs nothing."""
    known = {
        FIXED: "the reward is given, nobody is asked",
        TUNED: "the reward is tuned, nobody is asked",
        "recorded": "the answers of an earlier run are used again",
        "manual": "people give the answers",
    }
    return f"0 USD: {known.get(llm.provider, f'{llm.provider} is no language model')}"


def _paid(found: Forecast) -> str:
    """Return the number of answers, their tokens and price, in words."""
    kept = f"; {found.stored} more {_lie(found.stored)} in the store and cost nothing" if found.stored else ""
    if not found.answers:
        every = "all " if found.stored > 1 else ""
        return f"0 USD: {every}{counted(found.stored, 'answer')} of {found.llm.model} {_lie(found.stored)} in the store"
    most = "at most " if found.unsure else ""
    why = "; a prompt that comes out as before is answered from the store" if found.unsure else ""
    return f"{most}{counted(found.answers, 'answer')} to ask of {found.llm.model}{repairs_in_words(found)}: {_price(found)}{kept}{why}{_limit(found)}"


def _limit(found: Forecast) -> str:
    """Return how much of llm.max_cost is spent, "" without a limit."""
    if found.llm.max_cost is None:
        return ""
    return f"; of llm.max_cost, {found.llm.max_cost:g} USD, {found.spent:.2g} are spent"


def repairs_in_words(found: Forecast) -> str:
    """Return the expected number of repairs in words, "" without any."""
    if not found.most_repairs:
        return ""
    return f" and about {counted(round(found.repairs), 'repair')} (at most {found.most_repairs})"


def _price(found: Forecast) -> str:
    tokens = f"{found.tokens_in:,.0f} tokens in and {found.tokens_out:,.0f} out"
    if found.usd is None or found.most_usd is None:
        return (
            f"price unknown, as neither resources/prices.yaml nor llm.input_price and llm.output_price have it; "
            f"about {tokens} ({found.basis})"
        )
    return f"about {found.usd:.2g} USD for {tokens} ({found.basis}), {longest_in_words(found)}"


def longest_in_words(found: Forecast) -> str:
    """Return the worst-case price, in words."""
    every = " and every repair asked for" if found.most_repairs else ""
    return f"{found.most_usd:.2g} USD with every answer llm.max_tokens long{every}"


def counted(count: int, what: str) -> str:
    """Return "1 answer", "2 answers"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _lie(count: int) -> str:
    return "lies" if count == 1 else "lie"
