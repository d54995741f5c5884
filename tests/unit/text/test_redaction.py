"""Keys are hidden in every spelling that a server, a library or a log may give them; nothing else is."""

import base64
import html
import json
import textwrap
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.artifacts.io import write_json, write_text
from video2reward.text import redaction
from video2reward.text.redaction import HIDDEN, hide_variable, redacted

KEY = "sk-planted-4f1d9c-AbCxyz07"
SPELLINGS = {
    "plain": lambda key: key,
    "repr": lambda key: repr(f"“{key}”\n"),
    "ascii": lambda key: ascii(f"é{key}"),
    "bytes": lambda key: repr(b"Bearer " + key.encode()),
    "json in json": lambda key: json.dumps(json.dumps({"said": f'"{key}"\t'})),
    "upper": str.upper,
    "lower": str.lower,
    "url": lambda key: quote(f"?key={key}&é", safe=""),
    "url, every character": lambda key: "".join(f"%{ord(c):02x}" for c in key),
    "url, twice": lambda key: "".join(f"%25{ord(c):02X}" for c in key),
    "json escapes": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "json escapes, twice": lambda key: "".join(f"\\\\u{ord(c):04X}" for c in key),
    "python escapes": lambda key: "".join(f"\\x{ord(c):02x}" for c in key),
    "octal": lambda key: "".join(f"\\{ord(c):03o}" for c in key),
    "html": lambda key: "".join(f"&#{ord(c)};" for c in key),
    "html, hexadecimal": lambda key: html.escape("".join(f"&#x{ord(c):x};" for c in key)).replace("&amp;", "&"),
    "html, without semicolons": lambda key: "".join(f"&#{ord(c)}" for c in key),
    "html, broken by tags": lambda key: "<wbr>".join(textwrap.wrap(key, 6, break_on_hyphens=False)),
    "html, broken by entities": lambda key: "&shy;".join(textwrap.wrap(key, 6, break_on_hyphens=False)),
    "an escape before letters that are digits too": lambda key: key.replace("-", "\\u002d"),
    "braced escapes": lambda key: "".join(f"\\u{{{ord(c):x}}}" for c in key),
    "hexadecimal": lambda key: key.encode().hex(),
    "hexadecimal, upper": lambda key: key.encode().hex().upper(),
    "hexadecimal, spaced": lambda key: key.encode().hex(" "),
    "hexadecimal, a list": lambda key: ", ".join(f"0x{c:02x}" for c in key.encode()),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64, url": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "basic authentication": lambda key: base64.b64encode(f"me:{key}".encode()).decode(),
    "bearer in base64": lambda key: base64.b64encode(f"Bearer {key}\n".encode()).decode(),
    "base64, wrapped": lambda key: "\n".join(textwrap.wrap(base64.b64encode(key.encode()).decode(), 8)),
    "wrapped": lambda key: "\n".join(textwrap.wrap(key, 9, break_on_hyphens=False)),
    "wrapped and indented": lambda key: f"{key[:7]}\n      | {key[7:]}",
    "wrapped in JSON": lambda key: json.dumps(f"{key[:11]}\r\n  {key[11:]}"),
    "added": lambda key: f'"{key[:8]}" + "{key[8:]}"',
    "spaced": " ".join,
    "listed": lambda key: str(list(key)),
    "coloured": lambda key: f"\x1b[31m{key[:6]}\x1b[0m\x1b[1m{key[6:]}",
    "invisible": "\u200b".join,
    "half": lambda key: key[: len(key) // 2],
    "last half": lambda key: key[len(key) // 2 :],
    "without dashes": lambda key: key.replace("-", ""),
}  # fmt: skip


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    monkeypatch.setattr(redaction, "_variables", set())
    monkeypatch.setenv("TEST_KEY", KEY)
    hide_variable("TEST_KEY")


def left(spelled, key):
    """Whether a part of a key that matters can still be read, by other means than those under test."""
    letters = "".join(c for c in spelled.lower() if c.isalnum())
    own = "".join(c for c in key.lower() if c.isalnum())
    return any(own[i : i + 8] in letters for i in range(len(own) - 7))


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_key_is_hidden_however_it_is_spelled(name):
    spelled = SPELLINGS[name](KEY)
    shown = redacted(f"The server said: {spelled} is refused.")
    assert shown.startswith("The server said: ") and shown.endswith(" is refused.") and HIDDEN in shown
    assert spelled not in shown and not left(shown, KEY)


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"[A-Za-z]{2,4}[-_][A-Za-z0-9_-]{14,60}[0-9]", fullmatch=True),
    st.sampled_from(sorted(set(SPELLINGS) - {"half", "last half"})),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_of_any_key_nothing_is_left(key, name, before, after):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_KEY", key)
        spelled = SPELLINGS[name](key)
        shown = redacted(f"{before} {spelled} {after}")
    assert spelled not in shown and HIDDEN in shown
    if not left(before + after, key):
        assert not left(shown, key)


def test_a_key_of_several_lines_is_hidden_line_by_line(monkeypatch):
    monkeypatch.setenv("TEST_KEY", "sk-secret-111111\norg-222\n")
    assert redacted("b'Bearer sk-secret-111111\\norg-222', org-222.") == f"b'Bearer {HIDDEN}', {HIDDEN}."


@pytest.mark.parametrize("key", ["“sk-secret”", "hunter2!", "passphrase-of-words", "1234567890123"])
def test_keys_that_look_like_words_are_hidden_too(key, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    for name in ("plain", "upper", "base64", "hexadecimal", "json escapes", "url, every character"):
        spelled = SPELLINGS[name](key)
        assert spelled not in redacted(f"it is {spelled}, is it"), name


@pytest.mark.parametrize("key", ["", "none", "EMPTY", "ollama", "k", "x y"])
def test_what_stands_for_no_key_changes_no_text(key, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    text = "none EMPTY ollama k x y local dummy = torch.empty(0)  # a key"
    assert redacted(text) == text


def test_code_and_figures_stay_as_they_are(monkeypatch):
    monkeypatch.setenv("TEST_KEY", "sk-1234567890123456")
    code = (
        "x = torch.exp(-a / 0.1234567)  # 8901, 234.5678, 90 100 %41 \\n \\x41 &amp; skip the planted 4th of 9 A b C\n"
        * 50
    )
    assert redacted(code) == code


def test_the_passwords_of_proxies_are_hidden(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://me:p%21ss-w0rd-77@proxy:3128")
    for text in (
        "http://me:p%21ss-w0rd-77@proxy:3128",
        "p!ss-w0rd-77",
        base64.b64encode(b"me:p!ss-w0rd-77").decode(),
    ):
        assert "w0rd" not in redacted(text) and HIDDEN in redacted(text)


def test_all_that_is_written_is_redacted(tmp_path):
    write_json(tmp_path / "a.json", {"a": [KEY, {"b": f"x{KEY}"}], KEY: 1.0})
    write_text(tmp_path / "a.txt", f"{KEY[:9]}\n{KEY[9:]} \ud800")
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": [HIDDEN, {"b": f"x{HIDDEN}"}], HIDDEN: 1.0}
    assert (tmp_path / "a.txt").read_text() == f"{HIDDEN} ?"


def test_a_value_that_is_gone_is_sought_no_more(monkeypatch):
    monkeypatch.delenv("TEST_KEY")
    assert redacted(KEY) == KEY
