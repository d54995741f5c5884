"""Makes Snakemake plan large runs faster: what it does again and again for every job, without changing what it finds."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Any

NEW_OBJECTS = 100_000
"""A plan grows by millions of objects that stay: Python's search for unreachable ones after every 700 finds none."""


def plan_faster() -> None:
    """Let Python search less for garbage, and Snakemake look once at each function; again it changes nothing."""
    gc.set_threshold(NEW_OBJECTS, 50, 100)
    _remember_signatures()


def _remember_signatures() -> None:
    """Keep what a rule's function takes: Snakemake asks Python for it some twenty times a job."""
    import snakemake.common
    import snakemake.rules

    own = getattr(snakemake.common, "get_function_params", None)
    if own is None or hasattr(own, "unremembered"):
        return
    known: dict[Any, Mapping[str, Any]] = {}

    def get_function_params(function: Callable[..., Any]) -> Mapping[str, Any]:
        # A method is made anew for every call; whose it is does not change what it takes.
        key = getattr(function, "__func__", function)
        if key not in known:
            known[key] = own(function)
        return known[key]

    get_function_params.unremembered = own  # type: ignore[attr-defined]
    snakemake.common.get_function_params = get_function_params
    snakemake.rules.get_function_params = get_function_params  # type: ignore[attr-defined]
