"""The base class of every section of the configuration: it rejects unknown keys and explains renamed ones."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Settings(BaseModel):
    """A section of the configuration; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    RENAMED: ClassVar[dict[str, str]] = {}
    """Key of an earlier version -> what to write instead; the error for the old key quotes it."""
