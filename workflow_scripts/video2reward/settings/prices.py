"""Prices of language models, from the settings or from the table resources/prices.yaml, which users can edit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field

from video2reward.settings.base import Settings
from video2reward.settings.llm import LLM
from video2reward.settings.validation import read_yaml, validate


class _Row(Settings):
    """One model's prices, USD per million tokens; `context`: tokens of prompt and answer together."""

    model: str
    input: float = Field(ge=0)
    cached: float | None = Field(None, ge=0)
    output: float = Field(ge=0)
    context: int | None = Field(None, ge=1)


class _Table(Settings):
    """resources/prices.yaml."""

    as_of: date
    models: tuple[_Row, ...]


@dataclass(frozen=True)
class Price:
    """USD per million tokens.

    cached: for input tokens that the server has cached; source: where the figures come from
    """

    input: float
    output: float
    cached: float | None = None
    source: str = ""

    def of(self, input_tokens: float, output_tokens: float, cached_tokens: float = 0) -> float:
        """Return the price of an answer, USD; `cached_tokens` are part of `input_tokens`."""
        cached = cached_tokens if self.cached is not None else 0
        full = (input_tokens - cached) * self.input + output_tokens * self.output
        return (full + cached * (self.cached or 0.0)) / 1e6


@dataclass(frozen=True)
class PriceList:
    """The price table; `path` names it in messages."""

    table: _Table
    path: Path

    def row(self, model: str) -> _Row | None:
        """Return the first row whose pattern matches the model's name."""
        return next((row for row in self.table.models if fnmatchcase(model, row.model)), None)

    def price(self, llm: LLM) -> Price | None:
        """Return the price of `llm`'s model, from the settings or else the table; None if unknown."""
        row = self.row(llm.model)
        if llm.input_price is not None and llm.output_price is not None:
            return Price(llm.input_price, llm.output_price, source="llm.input_price and llm.output_price")
        if row is None:
            return None
        source = f"{self.path.name}, as of {self.table.as_of}"
        if llm.input_price is not None:
            return Price(llm.input_price, row.output, source=f"llm.input_price and {source}")
        output = row.output if llm.output_price is None else llm.output_price
        if llm.output_price is not None:
            source = f"{source}, and llm.output_price"
        return Price(row.input, output, row.cached, source)

    def context(self, model: str) -> int | None:
        """Return the model's context window, tokens of prompt and answer together; None if unknown."""
        row = self.row(model)
        return row.context if row else None

    def unknown(self, llm: LLM) -> str:
        """Say that a model's price is unknown, and what to do."""
        return (
            f"the price of {llm.model} is not known: set llm.input_price and llm.output_price (USD per million "
            f"tokens; both 0 for a server of your own), or add the model to {self.path}"
        )


def read_prices(path: Path) -> PriceList:
    """Read resources/prices.yaml; a missing or damaged one is a `UserError`."""
    return PriceList(validate(_Table, read_yaml(path), path), path)
