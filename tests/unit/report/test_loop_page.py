import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from tests.unit.report.test_scores import judged_by_wish

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.io import read_json, write_csv, write_json, write_text
from video2reward.artifacts.repairs import Repair, Repairs, write_repairs
from video2reward.artifacts.screen import Screen
from video2reward.errors import UserError
from video2reward.report.films import Workshop
from video2reward.report.gather import gather_loop
from video2reward.report.loop_page import WHOLE, build_loop_page, build_overview
from video2reward.report.provenance import folders_of_loop, read_jobs
from video2reward.report.sections import EXTENTS, Drawings, make_section
from video2reward.report.summary import read_summary, summarise, write_summary
from video2reward.rollout.film import typical_agent
from video2reward.video.decode import decode
from video2reward.video.film import write_film

TEMPLATES = Path(__file__).resolve().parents[3] / "resources" / "report"
HOSTILE = "</script></pre><img src=x onerror=alert(1)>'\"{{ 7 * 7 }}<!--"
VOID = {"meta", "link", "br", "img", "input", "rect", "path", "use"}


class Elements(HTMLParser):
    """The elements of a page, and whether they are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.found, self.open, self.text = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def film(results, monkeypatch):
    """Give a loop's folders real films, small."""
    monkeypatch.setattr("video2reward.report.films._HEIGHT", 60)

    def give(loop):
        grey = (np.full((60, 160, 3), i % 200, np.uint8) for i in range(len(loop.motion.times)))
        write_film(loop.video_folder.overlay, grey, loop.motion.fps)
        grey = (np.full((60, 100, 3), i % 200, np.uint8) for i in range(150))
        write_film(loop.folder.path / f"iter{len(loop.selections)}" / "rollout.mp4", grey, 25.0)
        return loop

    return give


def loop_page(results, loop, **options):
    workshop = Workshop(
        lambda path: (picture.bgr[:, :, ::-1] for picture in decode(path)), write_film, typical_agent, 25.0
    )
    jobs = read_jobs(results.folder, folders_of_loop(loop.experiment, loop.seed, loop.robot, loop.video))
    return build_loop_page(loop, jobs, TEMPLATES, workshop, "../../report.html", **options)


def page_of(results, *loops, **options):
    """The overview of loops, whose pages and rows are written first."""
    pages = [loop.folder.path / "report.html" for loop in loops]
    for page, loop in zip(pages, loops, strict=True):
        write_text(page, loop_page(results, loop))
        write_summary(loop.folder.path / "report.json", summarise(loop), {})
    rows = [read_summary(page.with_suffix(".json")) for page in pages]
    jobs = read_jobs(results.folder)
    return build_overview(rows, pages, jobs, TEMPLATES, results.folder, {"python": "3.11.7"}, **options)


def text_of(page):
    return re.sub(r"\s+", " ", " ".join(Elements(page).text))


def again(results, loop):
    """Gather a loop anew, after its files were changed."""
    plan = {name: getattr(loop, name) for name in ("experiment", "seed", "robot", "video", "method")}
    samples = max(c.k for c in loop.candidates)
    return gather_loop(results.folder, plan | {"iterations": len(loop.selections), "samples": samples})


@pytest.mark.slow
def test_a_page_holds_everything_and_needs_nothing(results, film):
    page = page_of(results, film(results.loop([["ok", "check"], ["ok", "training"]])))
    elements = Elements(page)
    assert not elements.open
    said = text_of(page)
    for words in (
        "sines learns dog", "gait distance", "Candidates", "Failures", "import os is not allowed", "the training diverged",
        "Round 2: the reward of", "Cost, time and size", "Versions", "3.11.7", "Configuration", "mean over agents", "½ speed",
    ):  # fmt: skip
        assert words in said, words
    addresses = [a.get(name, "") for _, a in elements.found for name in ("src", "href", "xlink:href")]
    assert all(not address or address.startswith(("data:", "#")) for address in addresses)
    assert "@import" not in page and not re.search(r"url\((?!#)", page)
    assert len(elements.all("video")) == 1
    ids = [attributes["id"] for _, attributes in elements.found if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in elements.all("a")]
    assert links and all(link[1:] in ids for link in links)


@pytest.mark.slow
def test_what_a_model_writes_stays_text(results, film):
    loop = film(results.loop([["ok", "check", "training"]]))
    folder = loop.folder.path / "iter1"
    write_text(folder / "best_reward.py", f"x = 1  # {HOSTILE}\n")
    write_check(
        folder / "check_2.json", Check("failed", "allowlist", f"line 3: {HOSTILE}\n{HOSTILE}", HOSTILE)
    )
    record = read_json(folder / "training_3.json")
    write_json(folder / "training_3.json", record | {"traceback": f"Traceback\n{HOSTILE}\nE: {HOSTILE}"})
    write_json(folder / "feedback.json", {"text": HOSTILE, "status": "ok"})
    answer = Completion(HOSTILE, HOSTILE, "other", False, note=HOSTILE)
    for k in (1, 2, 3):
        write_completion(folder / f"completion_{k}.json", answer)
    repair = Repair(1, HOSTILE, (), answer, "failed", "trial")
    write_repairs(folder / "repairs_2.json", Repairs((repair,)))
    columns = ["step", "reward", f"reward/{HOSTILE}", "reward/$\\frac", "success", "episode_length"]
    write_csv(folder / "training_1.csv", columns, [[i, 1, 2, 3, -1, 5] for i in range(1, 9)])
    page = page_of(results, again(results, loop))
    elements = Elements(page)
    assert not elements.open
    assert page.count("</script>") == 1
    assert all(not image.get("src", "").startswith("x") for image in elements.all("img"))
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert html.escape(HOSTILE, quote=False)[:40] in page.replace("&#39;", "'")
    assert "{{ 7 * 7 }}" in "".join(elements.text)


def test_repairs_and_what_each_round_cost_are_told(results, film):
    answer = Completion("again", "m", "openai", True, {}, 1200, 60, 0.03)
    results.repairs = {(1, 2): Repairs((Repair(1, "line 3: import os", (), answer, "ok", "done"),))}
    said = text_of(page_of(results, film(results.loop([["ok", "ok", "check"]]))))
    assert "1 3 2 (67 %) 1 (33 %) 3 1 4 200 210 0.0900" in said
    assert (
        "Round 1, candidate 2 · repaired · 1 time sent back line 3: import os Then the checks passed." in said
    )


def test_what_was_known_of_a_reward_before_its_training_is_told(results, film):
    wrong = "standing (stands <still>) earns 1.3 times what honest earns"
    results.screens = {
        (1, 1): Screen(margin=0.25, nearest="half_speed"),
        (1, 2): Screen(margin=-0.1, nearest="standing", violations=(wrong,)),
        (2, 1): Screen(fault="on falling, r is NaN"),
    }
    mended = Repair(1, wrong, (), Completion("again", "m", "openai", True), "ok", "screen", "", "screen")
    results.repairs = {(1, 2): Repairs((mended,))}
    page = page_of(results, film(results.loop([["ok", "ok"], ["ok", "ok"]])))
    before = "of round 1, before its training: "
    assert (
        f"Screen of candidate 1 {before}half_speed comes nearest to the clip&#39;s motion, margin 0.25.</li>"
        in page
    )
    assert f"Screen of candidate 2 {before}standing comes nearest" in page
    assert "margin -0.10; 1 pair in the wrong order: standing (stands &lt;still&gt;) earns 1.3 times" in page
    assert "could not be screened: it fails on falling, r is NaN.</li>" in page
    said = text_of(page)
    assert "not repaired · 1 time sent back" in said
    assert "Then it could be trained, but the screen still found fault." in said
    assert "1 2 2 (100 %) 2 (100 %)" in said  # it could be trained without a repair


def test_trainings_ended_early_are_told(results, film):
    results.ended = {(1, 2): "an agent falls every <2> s"}
    page = page_of(results, film(results.loop([["ok", "ok"]])))
    assert page.count("ended early</span>") == 1
    assert "The training of candidate 2 of round 1 was ended early: an agent falls every &lt;2&gt; s." in page
    assert "all learning here starts from it." in page


def test_trainings_stopped_by_halving_are_told_with_their_steps(results, film):
    results.ended = {(1, 2): "stopped by halving: place 2 of 2"}
    results.halved = {(1, 2): 1}
    page = page_of(results, film(results.loop([["ok", "ok"]])))
    assert page.count("halved</span>") == 1 and "ended early" not in page
    assert "The training of candidate 2 of round 1 was stopped by halving: place 2 of 2." in page
    assert '<th class="n">steps</th>' in page and "10\u202f000</td>" in page


@pytest.mark.slow
def test_the_videos_gait_and_warnings_are_told(results, film):
    loop = film(results.loop([["ok"]]))
    warned = replace(loop.motion, gait="amble", gait_confidence=0.8, warnings=("seen from <35> degrees",))
    page = page_of(results, replace(loop, motion=warned))
    assert "The gait is amble (confidence 0.8 of 1)." in page
    assert "<li>seen from &lt;35&gt; degrees</li>" in page
    plain = page_of(results, replace(loop, motion=replace(warned, gait="", warnings=())))
    assert "The gait is" not in plain and 'ul class="note"' not in plain


def test_the_rewards_lines_say_what_changed(results, film):
    page = page_of(results, film(results.loop([["ok"], ["ok"]])))
    lines = [attributes for attributes in Elements(page).all("span") if "data-sign" in attributes]
    signs = [line["data-sign"] for line in lines[-6:]]
    assert signs.count("+") == signs.count("-") == 1
    assert {line.get("class") for line in lines} == {None, "new", "gone"}


def test_a_loop_whose_candidates_all_failed_says_why(results, film):
    loop = film(results.loop([["check", "training"], ["training", "check"]]))
    said = text_of(page_of(results, loop))
    assert "there is no best policy" in said
    assert "There is no robot to show" in said
    assert said.count("check: what the code may do") == 2
    assert "gait distance" in said


@pytest.mark.slow
def test_a_few_loops_are_listed_first_and_shown_whole(results, film):
    loops = [film(results.loop([["ok"]], seed=seed)) for seed in range(3)]
    loops[0].video_folder.picture.write_bytes(b"\x89PNG")
    page = page_of(results, *loops)
    elements = Elements(page)
    assert not elements.open
    assert len(elements.all("video")) == 3
    assert [f'href="#walk-seed{n}"' in page for n in range(4)] == [True, True, True, False]
    ids = [a["id"] for tag, a in elements.found if a.get("id") and tag in ("article", "h2", "h3", "section")]
    assert len(ids) == len(set(ids)) == 3 * 3 + 2
    assert text_of(page).index("All loops") < text_of(page).index("sines learns dog")


def test_many_loops_have_pages_of_their_own(results, film):
    loop = film(results.loop([["ok", "check"]]))
    row = summarise(loop)
    own = loop_page(results, loop)
    assert [a["href"] for a in Elements(own).all("a") if a["href"][0] != "#"] == ["../../report.html"]
    seeds = range(WHOLE + 1)
    pages = [results.folder / f"walk/seed{seed}/report.html" for seed in seeds]
    for page in pages:
        write_text(page, own)
    rows = [replace(row, seed=seed) for seed in seeds]
    page = build_overview(rows, pages, [], TEMPLATES, results.folder, {})
    elements = Elements(page)
    assert not elements.open
    assert not elements.all("video") and len(page) < 60_000
    links = [a["href"] for a in elements.all("a") if not a["href"].startswith("#")]
    assert links == [f"walk/seed{seed}/report.html" for seed in seeds]
    assert "1 of 2" in text_of(page) and "each has a page of its own" in text_of(page)
    table = page[page.index("All loops") : page.index("</table>")]
    assert table.count("<td") == table.count("<th>") * len(rows) + table.count("<th ") * len(rows)


@pytest.mark.slow
def test_large_loops_have_pages_of_their_own_even_if_few(results, film):
    loop = film(results.loop([["ok"]]))
    page = page_of(results, loop, limit=10_000)
    assert "walk/seed0/report.html" in page and not Elements(page).all("video")
    assert "All loops" in text_of(page)


def test_a_damaged_row_is_a_sentence(results, film, tmp_path):
    write_json(tmp_path / "report.json", {"experiment": "walk"})
    with pytest.raises(UserError, match=r"report\.json lacks seed, .*run again"):
        read_summary(tmp_path / "report.json")


@pytest.mark.slow
def test_a_page_keeps_its_limit(results, film):
    loop = film(results.loop([["ok", "ok"]]))
    one = loop_page(results, loop)
    sizes = []
    for part in (0.8, 0.45):
        page = loop_page(results, loop, limit=int(part * len(one)))
        sizes.append(len(page.encode()))
        assert sizes[-1] <= part * len(one)
        elements = Elements(page)
        assert not elements.open and len(elements.all("article")) == 1
        assert "left out to keep this page small" in text_of(page)
    assert sizes == sorted(sizes, reverse=True)


def test_less_is_drawn_extent_by_extent(results, film):
    loop, drawings = film(results.loop([["ok", "ok"]])), Drawings()
    sizes = [make_section(loop, [], extent, drawings).drawn_bytes for extent in EXTENTS]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[1] > sizes[2] > sizes[3] == 0


@pytest.mark.parametrize("model", [True, False])
def test_what_must_be_known_of_the_answers_is_told(results, film, model):
    loop = film(results.loop([["ok", "ok", "ok"]]))
    for k, note in ((1, ""), (2, "Replayed, <not> asked."), (3, "Replayed, <not> asked.")):
        answer = Completion("code", "m", "recorded", is_language_model=model, note=note)
        write_completion(loop.folder.path / "iter1" / f"completion_{k}.json", answer)
    page = page_of(results, again(results, loop))
    assert page.count("Replayed, &lt;not&gt; asked.") == 1
    assert ("No language model wrote these rewards." in page) is not model


def test_the_posture_stands_beside_the_distance_and_success_in_its_tasks_words(results, film):
    loop = film(results.loop([["ok"]]))
    page = page_of(results, loop)
    text = text_of(page)
    assert "lean of the trunk" in text and "5 off is free, from 25" in text
    row = next(row for row in re.findall(r"<tr title=.*?</tr>", page, re.S) if "bend of the knees" in row)
    knees = loop.evaluation["deterministic"]["posture"]["robot"]["knees"].values()
    assert f"{np.mean(list(knees)):.3g}" in row
    assert "speed along the course, m/s; larger is better" in text
    failed = results.loop([["check"]], name="failed")
    assert make_section(failed, [], EXTENTS[-1], Drawings()).postures  # the base policy's alone


def test_a_wish_stands_among_the_scores_with_what_was_asked(results, film):
    loop = judged_by_wish(film(results.loop([["ok"]])), 0.4, 0.112)
    page = Elements(loop_page(results, loop))
    assert "asked 2.00 times the motion in reach's (0.16 m); the motion in reach has 0.08" in page.text


def test_candidates_that_the_selection_calls_tied_are_marked(results, film):
    film(results.loop([["ok", "ok", "ok"]]))
    path = results.folder / "walk" / "seed0" / "iter1" / "selection.json"
    write_json(path, read_json(path) | {"tied": ["candidate 2 of iteration 1"]})
    plan = {"experiment": "walk", "seed": 0, "robot": "sines", "video": "dog", "method": "words"}
    loop = gather_loop(results.folder, plan | {"iterations": 1, "samples": 3})
    assert [one.tied for one in loop.candidates] == [False, True, False]
    tags = [one for one in Elements(loop_page(results, loop)).all("span") if "tied" in one.get("class", "")]
    assert len(tags) == 1
