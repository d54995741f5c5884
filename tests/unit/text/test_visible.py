"""Other people's words on a terminal: nothing acts on it, and nothing poses as a sentence of this project."""

import io
import logging
import sys

import pytest

from video2reward.errors import UserError
from video2reward.jobs.script import run_script
from video2reward.text import redaction
from video2reward.text.redaction import hide_variable
from video2reward.text.visible import CleanStream, in_one_line, indented, visible

KEY = "sk-planted-4f1d9c-AbC0"


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    monkeypatch.setattr(redaction, "_variables", set())
    monkeypatch.setenv("TEST_KEY", KEY)
    hide_variable("TEST_KEY")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("größer 更好 🐕\n\tx", "größer 更好 🐕\n\tx"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("fine\rerror: posing", "fine\\x0derror: posing"),
        ("a\r\nb", "a\nb"),
        ("a\u202etxt.exe", "a\\u202etxt.exe"),
        ("a\x85b\u2028c\x0bd\x9b", "a\\x85b\\u2028c\\x0bd\\x9b"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
def test_what_a_terminal_acts_on_is_written_out(text, shown):
    assert visible(text) == shown


def test_quoted_words_stay_within_their_sentence():
    assert in_one_line("no\n\nerror: all is lost\r\x1b[1A") == "no error: all is lost \\x1b[1A"
    assert indented("no\nerror: lost") == "no\n    error: lost"


def test_the_key_is_taken_out_before_a_text_is_cut():
    """Also at the very place of the cut."""
    for before in range(60, 101):
        shown = in_one_line("x" * before + f" {KEY} and more", width=100)
        assert KEY[:5] not in shown


def test_a_stream_writes_whole_lines_clean():
    out = io.StringIO()
    stream = CleanStream(out)
    stream.write(f"a {KEY[:8]}")
    stream.write(f"{KEY[8:]} b\x1b[K\n")
    stream.write("rest")
    assert out.getvalue() == "a [key] b\\x1b[K\n"
    stream.flush()
    assert out.getvalue().endswith("rest") and stream.getvalue() == out.getvalue()


@pytest.mark.parametrize(
    "end", [UserError(f"it said {KEY}\nerror: posing\x07"), UserError(f"{KEY[:12]}\n  {KEY[12:]}")]
)
def test_an_error_ends_in_one_message(end, capsys):
    def main():
        print(f"asking with {KEY}")
        logging.getLogger("x").warning("sent %r", KEY)
        raise end

    with pytest.raises(SystemExit):
        run_script(main)
    shown = capsys.readouterr()
    assert KEY not in shown.out + shown.err and KEY[12:] not in shown.err and "\x07" not in shown.err
    assert [line for line in shown.err.splitlines() if line.startswith("error: ")].__len__() == 1


def test_a_traceback_is_clean_too(capsys):
    run_script(lambda: None)
    try:
        raise ValueError(f"Illegal header value b'Bearer {KEY}'")
    except ValueError:
        sys.excepthook(*sys.exc_info())
    shown = capsys.readouterr().err
    assert "Illegal header value" in shown and "Traceback" in shown and KEY not in shown
