"""Who writes the reward functions, and how a language-model server is called."""

from __future__ import annotations

import os
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from video2reward.settings.base import Address, Settings
from video2reward.settings.paths import UserPath
from video2reward.text.redaction import hide_variable, redacted


class LLM(Settings):
    """Who writes the reward functions."""

    provider: str = Field("template", description="template, openai, recorded or manual")
    model: str = Field("gpt-4o", description="the model's name on the server")
    base_url: Address | None = Field(
        None, description="the server's address, usually ending in /v1; none: OpenAI's own"
    )
    key_variable: str = Field(
        "OPENAI_API_KEY", pattern=r"^[A-Za-z_]\w*$", description="environment variable that holds the key"
    )
    organisation: str | None = Field(
        None, pattern=r"^[!-~]+$", description="the organisation to bill, for keys that belong to several"
    )
    temperature: float = Field(1.0, ge=0, le=2)
    seed: int = Field(
        0, ge=0, description="added to the sampling seed of every answer; a new value asks for new answers"
    )
    context_tokens: int = Field(
        32768, ge=4096, description="the model's context window, tokens; prompt and answer are kept within it"
    )
    max_tokens: int = Field(4096, ge=1, description="per answer, reasoning included")
    reasoning_effort: str | None = Field(
        None,
        description="how much a reasoning model may think, usually low, medium or high; none: the model's default",
    )
    connect_s: float = Field(10.0, gt=0, description="time to reach the server")
    timeout_s: float = Field(120.0, gt=0, description="time limit of one request")
    retries: int = Field(8, ge=0, description="further requests when an answer does not arrive")
    give_up_s: float = Field(900.0, gt=0, description="time limit of one answer, with all pauses and retries")
    recorded: UserPath | None = Field(None, description="provider recorded: the results folder to replay")
    repairs: int = Field(
        1, ge=0, le=10, description="how often a failed candidate is sent back with its error"
    )
    max_cost: float | None = Field(None, ge=0, description="limit for all answers of a results folder, USD")
    input_price: float | None = Field(None, ge=0, description="USD per million tokens; none: prices.yaml")
    output_price: float | None = Field(None, ge=0, description="USD per million tokens; none: prices.yaml")
    picture_tokens: int = Field(
        4000,
        ge=1,
        description="upper bound on the tokens of one picture, for max_cost; gpt-4o-mini counts up to 48169",
    )
    picture_budget: int | None = Field(
        None,
        ge=1,
        description="tokens that one picture may cost; larger pictures are shrunk; none: sent as drawn",
    )
    picture_rule: str | int | None = Field(
        None,
        description="how the model counts a picture: a rule's name or tokens a picture; none: by the model's name",
    )
    takes_films: bool = Field(
        False,
        description="whether the server takes films (the content part video_url), as vLLM and SGLang do",
    )

    @property
    def most_picture_tokens(self) -> int:
        """Upper bound on the tokens of one picture."""
        return self.picture_tokens if self.picture_budget is None else self.picture_budget


# What belongs to one server or one model and is not carried over to another.
_OF_MODEL = frozenset({"input_price", "output_price", "reasoning_effort", "picture_rule", "takes_films"})
_OF_SERVER = _OF_MODEL | {"key_variable", "organisation"}


class VLM(LLM):
    """Who judges pictures of the robot beside the video; keys that are not set are those of `llm`."""

    repairs: int = Field(1, ge=0, le=10, description="not used: a critique is asked for once more at most")
    context_tokens: int = Field(
        32768, ge=4096, description="not used: the question and its pictures are short"
    )
    send_people: bool | Literal["figure"] = Field(
        False,
        description="whether pictures of people may go to a server; false: only to one on this machine (loopback); "
        "figure: everybody is shown a figure drawn from the keypoints instead",
    )

    def after(self, llm: LLM) -> VLM:
        """Return it with `llm`'s values for keys that are not set, but for those that belong to another server or model."""
        own = self.model_fields_set
        other = {name for name in own & set(LLM.model_fields) if getattr(self, name) != getattr(llm, name)}
        left = (
            _OF_SERVER if other & {"base_url", "provider"} else _OF_MODEL if "model" in other else frozenset()
        )
        taken = {name: getattr(llm, name) for name in LLM.model_fields if name not in own | left}
        return self.model_copy(update=taken)


def key_fault(settings: LLM) -> str:
    """Say which setting holds a key or a password, without quoting it; "" if none does.

    Settings are copied into many files, so a key in them would leak.
    """
    name, address = settings.key_variable, settings.base_url or ""
    hide_variable(name)
    if len(name) >= 20 and re.search(r"[a-z]", name) and re.search(r"\d", name) and name not in os.environ:
        return "llm.key_variable looks like a key; name the environment variable that holds it, such as OPENAI_API_KEY"
    way_out = f"give the key in the environment variable {name}"
    try:
        host = urlsplit(address).netloc
    except ValueError as error:
        return f"llm.base_url is not a valid address: {error}"
    if "@" in host:
        return f"llm.base_url holds a user or a password; remove them and {way_out}"
    if "?" in address or "#" in address:
        return f"llm.base_url has a part after ? or #; write the address alone, usually ending in /v1, and {way_out}"
    if redacted(address) != address or redacted(settings.model) != settings.model:
        return f"llm.base_url or llm.model holds the key; remove it and {way_out}"
    return ""
