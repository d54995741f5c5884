"""A loop's page with what a critic saw and said."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import Critique, CritiqueTurn, LeftOut, write_critique
from video2reward.artifacts.selection import read_selection, write_selection
from video2reward.pages.templates import environment
from video2reward.report.gather import gather_loop
from video2reward.report.rounds import round_costs
from video2reward.report.sections import EXTENTS, Drawings, make_section

TEMPLATES = Path(__file__).resolve().parents[3] / "resources" / "report"
HOSTILE = "</li><script>alert(1)</script>"
HEADS = {"problems": (HOSTILE, "It limps."), "rewrite": (), "remove": (), "add": ("a term",)}


def critique(heads=HEADS, text="whole", **more):
    answer = Completion(text, "eyes", "openai", True, {}, 5000, 100, 0.5)
    return Critique((CritiqueTurn(0, (), answer),), heads, **more)


def gathered(results, *critiques):
    """A loop of as many rounds as critiques; None: a round's was not asked for."""
    results.loop([["ok"]] * len(critiques))
    folder = results.folder / "walk" / "seed0"
    for n, one in enumerate(critiques, start=1):
        (folder / f"iter{n}" / "pictures").mkdir()
        cv2.imwrite(str(folder / f"iter{n}" / "pictures" / "pair_01.jpg"), np.zeros((8, 8, 3), np.uint8))
        if one is not None:
            write_critique(folder / f"iter{n}" / "critique.json", one)
    plan = {"experiment": "walk", "seed": 0, "robot": "sines", "video": "dog", "method": "words"}
    return gather_loop(results.folder, plan | {"iterations": len(critiques), "samples": 1, "critic": "vlm"})


def page(loop, extent=EXTENTS[0]):
    section = make_section(loop, [], extent, Drawings())
    template = environment(TEMPLATES).get_template("loop_page.html.j2")
    return template.render(section=section, extent=extent, overview="", marks=("", ""))


def test_pictures_and_heads_are_shown_and_nothing_runs(results):
    left_out = (LeftOut("problems", "It is stable", "40 % of the agents fell"),)
    text = page(gathered(results, critique(left_out=left_out), None))
    assert text.count("data:image/jpeg;base64,") == 2
    assert "<li>It limps.</li>" in text and "<li>a term</li>" in text and "eyes (openai)" in text
    assert "Left out of the feedback, as 40 % of the agents fell: It is stable" in text
    assert "not asked, as no round follows" in text
    assert HOSTILE not in text and "&lt;script&gt;" in text


def test_an_unstructured_answer_is_shown_whole(results):
    text = page(gathered(results, critique(None, f"Es hinkt. {HOSTILE}", why="it goes on whole"), None))
    assert "Es hinkt." in text and "it goes on whole" in text and HOSTILE not in text


def test_a_small_page_leaves_the_pictures_out(results):
    text = page(gathered(results, critique(), None), EXTENTS[-1])
    assert "data:image/jpeg" not in text and "It limps." in text


def test_critiques_are_paid_for_in_their_round(results):
    first, second, whole = round_costs(gathered(results, critique(), None))
    assert (first.answers, first.price_usd, second.answers) == (2, 0.52, 1)
    assert (whole.answers, whole.input_tokens) == (3, 7000)


def test_what_people_preferred_is_shown_where_they_compared(results):
    plain = page(gathered(results, None))
    path = results.folder / "walk" / "seed0" / "iter1" / "selection.json"
    before = read_selection(path)
    (only,) = before.candidates
    write_selection(path, replace(before, candidates=(replace(only, preference=0.75),)))
    plan = {"experiment": "walk", "seed": 0, "robot": "sines", "video": "dog", "method": "words"}
    compared = page(gather_loop(results.folder, plan | {"iterations": 1, "samples": 1}))
    column = '<th class="n">preferred</th>'
    assert column in compared and "75 %" in compared and column not in plain
