"""What every section of the configuration is: an unknown key is an error, a renamed one is explained."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Settings(BaseModel):
    """A section of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    RENAMED: ClassVar[dict[str, str]] = {}
    """An earlier version's key -> what to write instead, told to those who still use it."""
