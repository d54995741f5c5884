"""What a person types becomes the answer that the workflow reads."""

import pytest

from video2reward.artifacts.critique import HEADS
from video2reward.critique.answer import read_heads
from video2reward.errors import UserError
from video2reward.llm.manual_provider import waits_for_answer, write_answer, written_answer
from video2reward.people.critique import LONGEST, CritiquePages, RoundShown, critique_text
from video2reward.people.desk import Taken

HOSTILE = "</textarea><script>alert(1)</script>"
ASKED = ({"role": "user", "content": "What is wrong?"},)


def test_one_box_stays_as_it_was_written():
    assert critique_text({"problems": " It limps. \r\n\r\nat phase 0.35: low\x00 knee\n"}) == (
        "It limps.\nat phase 0.35: low knee\n"
    )


def test_more_boxes_are_read_under_their_heads():
    boxes = {
        "problems": "- It limps.\n2) Remove: nothing",
        "add": "a term",
        "remove": "",
        "rewrite": "nothing",
    }
    assert read_heads(critique_text(boxes)) == {
        "problems": ("It limps.", "Remove: nothing"),
        "rewrite": (),
        "remove": (),
        "add": ("a term",),
    }


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        ({}, "nothing is written down"),
        ({"problems": " \n\t\u200b"}, "nothing is written down"),
        ({"problems": "x" * (LONGEST + 1)}, f"more than {LONGEST}"),
        ({"problems": "x", "../../file": "y"}, "unknown part '../../file'; known: problems, rewrite"),
    ],
)
def test_what_is_no_critique(boxes, said):
    with pytest.raises(UserError, match=said):
        critique_text(boxes)


def test_rounds_are_shown_one_after_another_and_nothing_typed_runs(tmp_path):
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "critique.html.j2").write_text("{{ question.title }} {{ question.answer.problems }}")
    rounds = [tmp_path / "iter1", tmp_path / "iter2"]
    kept = {}
    pages = CritiquePages(
        rounds,
        lambda folder: RoundShown(folder, folder.name, "", None, (), (), {"problems": HOSTILE}),
        kept.__setitem__,
        [templates],
    )
    with pytest.raises(UserError, match="open the page"):
        pages.take({"problems": "early"})
    assert "iter1" in pages.page("") and "<script>" not in pages.page("")
    with pytest.raises(UserError):
        pages.take({})
    assert pages.take({"problems": "first"}).more
    assert "iter2" in pages.page("")
    assert pages.take({"problems": "second"}) == Taken(
        "Kept. You can close this page; the command that started the run goes on with what you said."
    )
    assert kept == {rounds[0]: "first\n", rounds[1]: "second\n"}


def test_a_file_waits_until_it_answers_this_question(tmp_path):
    path = tmp_path / "critique_answer.txt"
    assert not waits_for_answer(path, ASKED) and written_answer(path) == ""
    write_answer(path, ASKED, "")
    assert waits_for_answer(path, ASKED)
    write_answer(path, ASKED, "It limps.\n")
    assert not waits_for_answer(path, ASKED) and written_answer(path) == "It limps.\n"
    assert waits_for_answer(path, ({"role": "user", "content": "And now?"},))
    path.write_text("in my own file")
    assert not waits_for_answer(path, ASKED) and set(HEADS)
