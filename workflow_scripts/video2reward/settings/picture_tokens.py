"""How many tokens a picture costs, by the rules that makers of models publish, and how far to shrink it for a budget.

Sources: OpenAI's guide "Images and vision" (tiles of 512 px, patches of 32 px); `smart_resize` of qwen-vl-utils and the
preprocessor_config.json of Qwen's models; Google's guides "Understand and count tokens" and "Media resolution".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fnmatch import fnmatchcase

from video2reward.errors import UserError, choices
from video2reward.settings.llm import LLM

Rule = Callable[[int, int], int]
"""Width and height, px -> tokens."""
STEPS = 16
"""A picture is shrunk by sixteenths of its sides."""
SMALLEST = 4
"""Sixteenths below which nothing can be made out."""


def _tiles(base: int, tile: int) -> Rule:
    """OpenAI's tiles: within 2048 x 2048 px, then the shorter side at most 768 px, then tiles of 512 px."""

    def count(width: int, height: int) -> int:
        scale = min(1.0, 2048 / max(width, height))
        scale *= min(1.0, 768 / (min(width, height) * scale))
        # Less a rounding error of the scale, which must not make a tile of its own.
        across, down = (math.ceil(side * scale / 512 - 1e-9) for side in (width, height))
        return base + tile * across * down

    return count


def _patches(multiplier: float, most: int) -> Rule:
    """OpenAI's patches of 32 px, at most `most` as larger pictures are shrunk to them, times the model's multiplier."""

    def count(width: int, height: int) -> int:
        return math.ceil(multiplier * min(most, math.ceil(width / 32) * math.ceil(height / 32)))

    return count


def _merged(side: int, least: int, most: int) -> Rule:
    """Qwen's vision tokens of `side` px, sides rounded to whole ones, between `least` and `most`, and two marks around them."""

    def count(width: int, height: int) -> int:
        across, down = (max(1, round(length / side)) for length in (width, height))
        if across * down > most:
            shrink = math.sqrt(width * height / (most * side**2))
            across, down = (max(1, math.floor(length / shrink / side)) for length in (width, height))
        elif across * down < least:
            grow = math.sqrt(least * side**2 / (width * height))
            across, down = (math.ceil(length * grow / side) for length in (width, height))
        return across * down + 2

    return count


def _gemini(width: int, height: int) -> int:
    """Google's tiles of 258 tokens: one up to 384 px, else of two thirds of the shorter side, 256 to 768 px."""
    if max(width, height) <= 384:
        return 258
    side = min(768, max(256, math.floor(min(width, height) / 1.5)))
    return 258 * math.ceil(width / side) * math.ceil(height / side)


RULES: dict[str, Rule] = {
    "gpt-4o": _tiles(85, 170),
    "gpt-4o-mini": _tiles(2833, 5667),
    "gpt-5": _tiles(70, 140),
    "o1": _tiles(75, 150),
    "gpt-4.1-mini": _patches(1.62, 1536),
    "gpt-4.1-nano": _patches(2.46, 1536),
    "o4-mini": _patches(1.72, 1536),
    "gpt-5.2": _patches(1.2, 1536),
    "gpt-5.4": _patches(1.2, 10_000),
    "qwen2-vl": _merged(28, 4, 16_384),
    "qwen3-vl": _merged(32, 64, 16_384),
    "gemini": _gemini,
    "gemini-3": lambda width, height: 1120,
}
"""Rules by the family that counts so. gpt-5.2, gpt-5.4: the multiplier is what users were billed; the guide says less."""

# The first pattern that a model's name fits, lower case and without its owner, decides.
_FAMILIES = (
    ("gpt-4o-mini*", "gpt-4o-mini"), ("gpt-4o*", "gpt-4o"), ("chatgpt-4o*", "gpt-4o"), ("gpt-4-turbo*", "gpt-4o"),
    ("gpt-4.1-mini*", "gpt-4.1-mini"), ("gpt-4.1-nano*", "gpt-4.1-nano"), ("gpt-4.1*", "gpt-4o"), ("gpt-4.5*", "gpt-4o"),
    ("o4-mini*", "o4-mini"), ("o1*", "o1"), ("o3*", "o1"),
    ("gpt-5*-mini*", "gpt-4.1-mini"), ("gpt-5*-nano*", "gpt-4.1-nano"),
    ("gpt-5.[23]*", "gpt-5.2"), ("gpt-5.[4-9]*", "gpt-5.4"), ("gpt-5", "gpt-5"), ("gpt-5-*", "gpt-5"), ("gpt-5.1*", "gpt-5"),
    ("qwen3*vl*", "qwen3-vl"), ("qwen2*vl*", "qwen2-vl"), ("gemini-3*", "gemini-3"), ("gemini*", "gemini"),
)  # fmt: skip


def rule_of(llm: LLM) -> tuple[str, Rule] | None:
    """Return the name of the rule by which a model counts pictures, and the rule; None if it is not known.

    `llm.picture_rule` comes first: a rule's name, or a number of tokens that every picture costs. Another name is a
    `UserError`.
    """
    said = llm.picture_rule
    if isinstance(said, int):
        return f"{said} a picture", lambda width, height: said
    if said is not None and said not in RULES:
        raise UserError(
            f"llm.picture_rule: {choices(said, RULES, 'rule')}; a number is taken for every picture"
        )
    model = llm.model.lower().rpartition("/")[2]
    name = said or next((rule for pattern, rule in _FAMILIES if fnmatchcase(model, pattern)), None)
    return (name, RULES[name]) if name else None


def check_budget(llm: LLM) -> None:
    """Raise a `UserError` if `llm.picture_budget` cannot be held: no rule for the model, or less than any picture costs."""
    found = rule_of(llm)
    if llm.picture_budget is None:
        return
    if found is None:
        raise UserError(
            f"llm.picture_budget: how {llm.model} counts pictures is not known; set llm.picture_rule to the tokens of a "
            f"picture, or to the rule that it counts by ({', '.join(RULES)})"
        )
    name, rule = found
    if (least := rule(1, 1)) > llm.picture_budget:
        raise UserError(
            f"llm.picture_budget = {llm.picture_budget} is less than the smallest picture costs by the rule {name}; set it to "
            f"at least {least}, or choose another llm.model"
        )


def within_budget(llm: LLM, width: int, height: int) -> tuple[int, int]:
    """Return the largest size of a picture, in whole sixteenths of its sides (px), that `llm.picture_budget` allows.

    A budget that a quarter of the sides exceeds is a `UserError`.
    """
    check_budget(llm)
    found = rule_of(llm)
    if llm.picture_budget is None or found is None:
        return width, height
    name, rule = found
    sizes = [
        (max(1, round(width * step / STEPS)), max(1, round(height * step / STEPS)))
        for step in range(STEPS, SMALLEST - 1, -1)
    ]
    fits = next((size for size in sizes if rule(*size) <= llm.picture_budget), None)
    if fits is None:
        raise UserError(
            f"llm.picture_budget = {llm.picture_budget}: a picture of {width}x{height} px costs {rule(*sizes[-1])} tokens by the "
            f"rule {name} even at a quarter of its sides; set it to at least that, or critique.pictures: pairs"
        )
    return fits
