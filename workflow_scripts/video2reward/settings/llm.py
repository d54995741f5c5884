"""The settings of who writes the reward functions, and of how a server is asked."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from pydantic import Field

from video2reward.settings.base import Address, Settings
from video2reward.settings.paths import UserPath
from video2reward.text.redaction import hide_variable, redacted


class LLM(Settings):
    """Who writes the reward functions."""

    provider: str = Field("template", description="template, openai, recorded or manual")
    model: str = Field("gpt-4o", description="as the server calls it")
    base_url: Address | None = Field(
        None, description="the server's address, which usually ends in /v1; none: OpenAI's own"
    )
    key_variable: str = Field(
        "OPENAI_API_KEY", pattern=r"^[A-Za-z_]\w*$", description="environment variable that holds the key"
    )
    organisation: str | None = Field(
        None, pattern=r"^[!-~]+$", description="that is billed, for keys of several"
    )
    temperature: float = Field(1.0, ge=0, le=2)
    seed: int = Field(0, ge=0, description="added to each answer's own sampling seed; another one asks anew")
    context_tokens: int = Field(
        32768, ge=4096, description="the model's window, tokens: prompt and answers are kept within it"
    )
    max_tokens: int = Field(4096, ge=1, description="of one answer, what a model thinks included")
    reasoning_effort: str | None = Field(
        None, description="how long a model may think: mostly low, medium or high; none: its own default"
    )
    connect_s: float = Field(10.0, gt=0, description="time to reach the server")
    timeout_s: float = Field(120.0, gt=0, description="time for one answer")
    retries: int = Field(8, ge=0, description="further requests for an answer that did not arrive")
    give_up_s: float = Field(900.0, gt=0, description="time for an answer with pauses and further requests")
    recorded: UserPath | None = Field(None, description="recorded: the results folder of an earlier run")
    repairs: int = Field(1, ge=0, le=10, description="times that a failed candidate goes back with its error")
    max_cost: float | None = Field(None, ge=0, description="USD for all answers of a results folder")
    input_price: float | None = Field(None, ge=0, description="USD per million tokens; none: prices.yaml")
    output_price: float | None = Field(None, ge=0, description="USD per million tokens; none: prices.yaml")


def key_fault(settings: LLM) -> str:
    """Say where the settings, which are kept in many files, hold a key or a password, without showing it; "" if nowhere."""
    name, address = settings.key_variable, settings.base_url or ""
    hide_variable(name)
    if len(name) >= 20 and re.search(r"[a-z]", name) and re.search(r"\d", name) and name not in os.environ:
        return "llm.key_variable looks like a key; name the environment variable that holds it, such as OPENAI_API_KEY"
    way_out = f"give the key in the environment variable {name}"
    try:
        host = urlsplit(address).netloc
    except ValueError as error:
        return f"llm.base_url is no address: {error}"
    if "@" in host:
        return f"llm.base_url holds a user or a password; take them out and {way_out}"
    if "?" in address or "#" in address:
        return f"llm.base_url goes on after a ? or #; write the address alone, which usually ends in /v1, and {way_out}"
    if redacted(address) != address or redacted(settings.model) != settings.model:
        return f"llm.base_url or llm.model holds the key; take it out and {way_out}"
    return ""
