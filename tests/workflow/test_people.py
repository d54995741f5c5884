"""People in the loop, through the real workflow: their pages by address and in a real browser."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from tests.browser import Browser, find_browser
from tests.chat_server import ChatServer, completion
from tests.waiting import wait_until
from tests.workflow.conftest import ROOT, Workflow
from tests.workflow.test_bad_input import GOOD
from tests.workflow.test_prune import prune

from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.preferences import read_preferences
from video2reward.artifacts.selection import read_selection

pytestmark = pytest.mark.slow
LOOP = "results/anymal_c-dog_amble-human_feedback/seed0"
FEEDBACK = ("method=human_feedback", "samples=1", "critique={count: 2}")
CHOSEN = "results/anymal_c-dog_amble-human_preference/seed0"
PREFERENCE = ("method=human_preference", "samples=2")
BROWSER = pytest.mark.skipif(find_browser() is None, reason="no Chromium here (apt install chromium)")
HOSTILE = "</textarea></pre><img src=x onerror=\"document.title='hacked'\">"


def settings(url, own=FEEDBACK):
    """The configuration of a run whose rewards come from `url`."""
    llm = {"provider": "openai", "base_url": url, "model": "tiny", "retries": 0}
    return ("--config", f"llm={json.dumps(llm)}", "experiments=[]", "video=dog_amble", *own)


def post(address, fields, **headers):
    """Send what a page would send, and return the reply."""
    asked = urllib.request.Request(
        address, json.dumps(fields).encode(), {"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(asked, timeout=60) as reply:
        return json.load(reply)


def errors(run):
    """The sentences that a run ends with."""
    return {
        line.split("  [")[0]
        for line in run.output.splitlines()
        if line.startswith("error: ") and "  [" in line
    }


@contextmanager
def page_of(folder, *arguments, script="feedback_page"):
    """Start the command that serves a page in a run's folder; yield its address and the process."""
    command = [sys.executable, ROOT / "workflow_scripts" / f"{script}.py", *arguments]
    served = subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        yield served.stdout.readline().split()[1], served
    finally:
        served.kill()
        served.communicate()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A run that waits for a person after its first round, with how it ended."""
    flow = Workflow(tmp_path_factory.mktemp("people"))
    with ChatServer((200, completion(GOOD), 0)) as server:
        run = flow(*settings(server.url))
        yield flow, run, server.url


def test_the_run_ends_with_both_ways_to_answer(waiting):
    _, run, _ = waiting
    (sentence,) = errors(run)
    assert run.status != 0
    assert f"make feedback ROUND={LOOP}/iter1" in sentence and f"{LOOP}/iter1/critique_answer.txt" in sentence


@BROWSER
def test_by_keyboard_alone_in_a_browser(waiting, tmp_path):
    copy = waiting[0].copy(tmp_path / "copy")
    browser = Browser(find_browser())
    try:
        with page_of(copy.folder) as (address, served):
            with urllib.request.urlopen(address, timeout=60) as reply:
                text = reply.read().decode()
            in_step = (
                tmp_path / "page.html"
            )  # the same for a robot that walks, which this short training gives none
            in_step.write_text(text.replace('data-phase="[]"', f'data-phase="{[0.25] * 500}"'))
            browser.open(in_step)
            browser.until("document.querySelector('.player.ready')")
            browser.press("Tab")
            browser.press("m")
            assert browser("document.activeElement.value") == "at phase 0.25: "
            browser.fetched.clear()
            browser.visit(address)
            browser.until("document.querySelector('.player.ready')")
            browser.press("Tab")
            assert browser("document.activeElement.classList[0]") == "player"
            assert browser("getComputedStyle(document.activeElement).outlineStyle") != "none"
            browser.press("ArrowRight")
            browser.until("Number(document.querySelector('.strip input').value) === 1")
            browser.press("h")
            browser.press("m")
            marked = browser("document.activeElement.value")
            assert browser("document.activeElement.name") == "problems" and marked.startswith("at ")
            browser.type(f"it limps {HOSTILE}")
            assert browser("document.querySelectorAll('label[for]').length") == 4
            for _ in range(4):
                browser.press("Tab")
            assert browser("document.activeElement.className") == "send"
            browser.press(" ")
            assert served.wait(20) == 0
            browser.until("!document.getElementById('said').hidden")
            assert browser("document.getElementById('said').textContent").startswith("Kept.")
            assert browser.complaints == []
            assert all(url.startswith((address, "data:", "blob:")) for url in browser.fetched)
    finally:
        browser.close()
    answer = (copy.folder / LOOP / "iter1" / "critique_answer.txt").read_text()
    assert answer.startswith("Answer to prompt ") and answer.endswith(f"\n{marked}it limps {HOSTILE}\n")


def test_an_answer_by_the_pages_address_goes_into_the_next_round(waiting):
    flow, _, url = waiting

    answer = flow.folder / LOOP / "iter1" / "critique_answer.txt"
    with page_of(flow.folder, f"{LOOP}/iter1") as (address, served):
        blank = answer.read_text()
        for wrong, fields, headers in (
            (address.replace(address[-9:], "wrong/"), {"problems": "x"}, {}),
            (address, {"problems": "x"}, {"Host": "evil.example"}),
            (address, {"problems": "x"}, {"Origin": "http://evil.example"}),
            (address, {"../../../config": "x"}, {}),
            (address, {"problems": "x" * 10_000_000}, {}),
            (address, {}, {}),
        ):
            with pytest.raises(urllib.error.HTTPError):
                post(wrong, fields, **headers)
        assert answer.read_text() == blank
        said = {"problems": f"It limps {HOSTILE}", "add": "a term for the fore feet"}
        assert post(address, said)["more"] is False
        wait_until(lambda: served.poll() is not None, 20, "the page's command ends")
        assert served.returncode == 0 and "run the same command" in served.stdout.read()
    run = flow(*settings(url))
    assert run.status == 0, run.output[-4000:]
    critique = read_critique(flow.folder / LOOP / "iter1" / "critique.json")
    assert critique.heads["add"] == ("a term for the fore feet",)
    assert critique.answer.provider == "manual" and not critique.answer.is_language_model
    told = (flow.folder / LOOP / "iter2" / "prompt.txt").read_text()
    assert "a term for the fore feet" in told and HOSTILE in told
    page = (flow.folder / LOOP / "report.html").read_text()
    assert HOSTILE not in page and "It limps &lt;/textarea&gt;" in page
    assert flow.planned(*settings(url)) == set()


@BROWSER
def test_people_choose_the_winners_of_two_rounds(tmp_path):
    flow = Workflow(tmp_path)
    with ChatServer((200, completion(GOOD), 0)) as server:
        asked = settings(server.url, PREFERENCE)
        run = flow(*asked)
        (sentence,) = errors(run)
        assert (
            run.status != 0 and f"{CHOSEN}/iter1 waits for 1 choice" in sentence and "make prefer" in sentence
        )
        with page_of(tmp_path, "--who", "anna", script="prefer_page") as (address, served):
            for wrong in ({"chosen": "left"}, {"chosen": "both", "number": "1"}):
                with pytest.raises(urllib.error.HTTPError):
                    post(address, wrong)
            assert post(address, {"chosen": "right", "number": "1"})["more"] is False
            wait_until(lambda: served.poll() is not None, 20, "the pages' command ends")
        (made,) = read_preferences(flow.folder / CHOSEN / "iter1" / "preferences.json").choices
        run = flow(*asked)
        assert made.who == "anna" and any("waits for 3 choices" in one for one in errors(run))
        chosen = read_selection(flow.folder / CHOSEN / "iter1" / "selection.json")
        assert f"candidate {chosen.winner}" == made.pair[1] and chosen.best.preference == 1.0
        by_keyboard(tmp_path)
        run = flow(*asked)
        assert run.status == 0, run.output[-4000:]
        second = read_preferences(flow.folder / CHOSEN / "iter2" / "preferences.json").choices
        assert {name for choice in second for name in choice.pair} == {
            "candidate 1",
            "candidate 2",
            "the best before",
        }
        assert {choice.chosen for choice in second} == {"left", "equal", "right"}
        assert flow.planned(*asked) == set()
        pruned = prune(flow, "--yes")
        films = {
            str(path.relative_to(flow.folder / CHOSEN)) for path in flow.folder.glob(f"{CHOSEN}/*/*.mp4")
        }
        assert pruned.returncode == 0, pruned.stderr
        assert films & {"iter2/rollout_1.mp4", "iter2/rollout_2.mp4"} and not {
            film for film in films if film.startswith("iter1")
        }
        assert flow.planned(*asked) == set()


def by_keyboard(folder):
    """Judge the three pairs that wait in a run's folder: left, equal, right."""
    browser = Browser(find_browser())
    try:
        with page_of(folder, script="prefer_page") as (address, served):
            browser.visit(address)
            for number, key in enumerate("102", start=1):
                browser.until(
                    f"document.querySelector('.player.ready ~ .choices[data-number=\"{number}\"]')", 60
                )
                assert browser("document.querySelectorAll('canvas').length") == 3
                assert "candidate" not in browser("document.body.innerText")
                browser.press(key)
            assert served.wait(20) == 0
            assert browser.complaints == []
    finally:
        browser.close()
