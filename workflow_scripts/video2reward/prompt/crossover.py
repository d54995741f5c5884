"""The prompt of a crossover: that of the first parent, and the reward of a second one with its own feedback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jinja2

from video2reward.artifacts.prompt import Prompt
from video2reward.errors import UserError
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.feedback_text import Round
from video2reward.prompt.length import STEPS, Length, Window, prompt_tokens, tokens

# Of the second parent's own past, which is not this line's.
_OF_ITS_LINE = ("trend", "candidates", "failures")
_NOT_FEEDBACK = ("samples", "source", *_OF_ITS_LINE)


def build_crossover(
    given: Ingredients, second: Round | None, templates: Path, window: Window | None = None
) -> Prompt:
    """Return the prompt of a node with two parents; `templates` is the folder of the templates.

    A prompt that exceeds the context window is shortened: first what is said of the second parent, in the order of
    length.STEPS, then all else as in every prompt. Never shortened: both rewards.

    second: None, or without a reward, where the other line has no best: the prompt is then that of one parent
    """
    if second is None or not second.reward:
        return build_prompt(given, templates, window)
    whole = build_prompt(given, templates)
    for section, left_out in _sections(given, second, templates):
        prompt = _with(whole, second, section, left_out)
        if window is None or prompt_tokens(prompt.messages) <= window.room:
            return prompt
    assert window is not None
    narrower = Window(window.context - tokens(section) - 1, window.answer)
    try:
        return _with(build_prompt(given, templates, narrower), second, section, left_out)
    except UserError:
        raise UserError(
            f"the shortest prompt with the rewards of two parents does not fit: llm.context_tokens {window.context} leaves "
            f"{window.room} tokens besides two answers of llm.max_tokens {window.answer}; raise context_tokens up to the "
            "model's window, lower max_tokens, or set search.crossover: 0"
        ) from None


def _sections(given: Ingredients, second: Round, templates: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield ever shorter sections on the second parent, each with what it leaves out, in words."""
    length, left_out = Length(feedback=dict.fromkeys(_OF_ITS_LINE, 99)), dict[str, str]()
    section = _section(given, second, length, templates)
    yield section, []
    for subject, words, left in STEPS:
        if subject in _NOT_FEEDBACK:
            continue
        before, length = section, length.shorter(subject, left)
        section = _section(given, second, length, templates)
        if section != before:
            left_out[subject] = f"of the second reward {words}"
            yield section, list(left_out.values())


def _section(given: Ingredients, second: Round, length: Length, templates: Path) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    first = given.last is not None and bool(given.last.reward)
    said = "\n\n".join(second.said(length.feedback).values())
    try:
        return (
            environment.get_template("second.j2")
            .render(reward=second.reward, feedback=said, first=first)
            .strip()
        )
    except jinja2.TemplateError as error:
        raise UserError(f"{templates / 'second.j2'}: {error}") from None


def _with(prompt: Prompt, second: Round, section: str, left_out: list[str]) -> Prompt:
    """Return a prompt with the section at the end of the user's last turn, and the second parent among the facts."""
    *before, last = prompt.messages
    messages = (*before, {**last, "content": f"{last['content']}\n\n{section}"})
    shortened = [*left_out, *prompt.facts.get("shortened", [])]
    facts = {"second_reward": second.reward, "second_feedback": dict(second.feedback), "shortened": shortened}
    return replace(prompt, messages=messages, facts=prompt.facts | facts)
