"""Environment variables for reaching a server: the key, headers, proxies and certificates."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from video2reward.errors import UserError
from video2reward.settings.llm import LLM
from video2reward.text.redaction import hide_variable
from video2reward.text.visible import in_one_line

OPENAI = "https://api.openai.com/v1"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_HEADERS = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID")  # sent unchanged by the client


def read_key(settings: LLM) -> str:
    """Return the key, hidden from now on in everything written; servers other than OpenAI's may need none.

    A key that an HTTP header cannot carry is a `UserError` that does not show it.
    """
    hide_variable(settings.key_variable)
    key = os.environ.get(settings.key_variable, "").strip()
    if not key and urlsplit(settings.base_url or OPENAI).hostname == "api.openai.com":
        raise UserError(
            f"llm.provider openai needs a key: export {settings.key_variable}=..., or set llm.base_url to a server "
            "that needs none, or llm.provider to template, which uses no language model"
        )
    _check_header(settings.key_variable, key, "the key")
    for name in _HEADERS:
        _check_header(name, os.environ.get(name, ""), "the value")
    return key or "none"


def _check_header(variable: str, value: str, what: str) -> None:
    """Raise a `UserError` for a value that an HTTP header cannot carry."""
    odd = next((character for character in value if not " " <= character <= "~"), None)
    if odd is None:
        return
    if odd in "\r\n":
        fault = "a line end"
    else:
        fault = f"U+{ord(odd):04X} ({unicodedata.name(odd, 'a control character').lower()})"
    raise UserError(
        f"{what} in {variable} holds {fault}, which an HTTP header cannot carry; export only {what}, on one line and "
        "exactly as it was issued"
    )


def proxies_in_use(base_url: str | None) -> list[str]:
    """Return the environment variables whose proxy is used to reach a server."""
    address = urlsplit(base_url or OPENAI)
    if proxy_bypass(address.hostname or ""):
        return []
    for wanted in (f"{address.scheme}_proxy", "all_proxy"):
        if found := [name for name in _spellings((wanted.upper(),)) if os.environ.get(name)]:
            return found[:1]
    return []


def explained(error: Exception, connect: Callable[[], object]) -> UserError:
    """Return the error for a client that cannot be created, naming the variable at fault.

    connect: creates the client; it is tried without each variable, or else with each alone, to find the culprit
    """
    suspects = [name for name in _spellings((*_PROXIES, *_CERTIFICATES)) if os.environ.get(name)]
    reason = in_one_line(str(error).replace("httpx[socks]", "socksio")) or type(error).__name__
    guilty = [name for name in suspects if _works(connect, [name])]
    guilty = guilty or [name for name in suspects if not _works(connect, [n for n in suspects if n != name])]
    if not guilty:
        return UserError(f"no request can be made: {reason}; check llm.base_url")
    value = in_one_line(re.sub(r"^(\w+://)?.*@", r"\1...@", os.environ[guilty[0]]), 100)
    if "@" in value:  # some faults quote parts of the password
        reason = reason.partition(":")[0]
    return UserError(
        f"the environment variable {guilty[0]} ({value}) cannot be used: {reason}; correct it, or remove it "
        f"(unset {guilty[0]})"
    )


def _works(connect: Callable[[], object], without: list[str]) -> bool:
    """Tell whether the client can be created without some variables."""
    kept = {name: os.environ.pop(name) for name in without}
    try:
        connect()
        return True
    except Exception:
        return False
    finally:
        os.environ.update(kept)


def _spellings(names: Iterable[str]) -> Iterator[str]:
    """Yield variables in both letter cases, in the order of precedence: lower case first."""
    for name in names:
        yield from (name.lower(), name)
