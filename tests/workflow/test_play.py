"""The page on which the robot walks live, in a real browser, from a finished results folder."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import torch
from tests.browser import Browser, find_browser
from tests.waiting import wait_until
from tests.workflow.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium here (apt install chromium)"),
]
TEXT = "document.body.innerText"
SELECT = (
    "[...document.querySelectorAll('input[role=combobox]')].find(one => /^[0-9]+\\.[0-9]+:/.test(one.value))"
)
CLIP = "document.querySelector('img[src^=blob]')"
PAUSED = "[...document.querySelectorAll('input[type=checkbox]')].at(-1).checked"
OWN = r"http://127\.0\.0\.1:\d+/"


def served(results, *arguments, **how):
    command = [sys.executable, ROOT / "workflow_scripts" / "play.py", "--results", results, *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, **how
    )


@pytest.fixture(scope="module")
def results(finished, tmp_path_factory):
    """The tiny run's results, whose trainings are too short to walk: first candidates are the base policy, 1.2 surely falls."""
    copy = tmp_path_factory.mktemp("play") / "results"
    shutil.copytree(finished.folder / "results", copy)
    base = ROOT / "resources" / "robots" / "anymal_c" / "base.pth"
    for policy in (copy / "amble" / "seed0").glob("iter*/policy_1.pth"):
        shutil.copyfile(base, policy)
    falls = torch.load(base, weights_only=True)
    falls["state"]["action_mean.bias"] += 3
    torch.save(falls, copy / "amble" / "seed0" / "iter1" / "policy_2.pth")
    return copy


@pytest.fixture(scope="module")
def page(results):
    process = served(results, "--experiment", "amble", "--port", "18100")
    browser = Browser(find_browser(), draws=True)
    try:
        address = re.search(OWN[:-1], process.stdout.readline())
        assert address, process.stdout.read()
        browser.visit(address[0], 1000, 700)
        browser.until(f"{TEXT}.includes('commanded')", 60)
        yield browser
    finally:
        browser.close()
        process.kill()
        process.wait()


def number(page, what):
    found = re.search(rf"{what} (-?\d+\.?\d*)", page(TEXT))
    return float(found[1]) if found else None


def choose(page, start):
    """Choose the candidate whose words begin so."""
    page(f"{SELECT}.click()")
    option = f"[...document.querySelectorAll('[role=option]')].find(o => o.innerText.startsWith('{start}'))"
    page.until(option)
    page(f"{option}.click()")
    page.until(f"{SELECT}.value.startsWith('{start}')")


def pixels(page, tmp_path):
    """How much of the picture, without the panel, is as red or blue as ANYmal's parts."""
    import cv2

    page.picture(tmp_path / "page.png")
    b, g, r = cv2.imread(str(tmp_path / "page.png"))[200:, :650].astype(int).transpose(2, 0, 1)
    return int(((r > 90) & (g < 70)).sum()), int(((b > 90) & (r < 60)).sum())


def test_a_robot_walks_on_a_page_that_asks_nobody(page, tmp_path):
    choose(page, "1.1")
    page.until(f"/falls/.test({TEXT})", 30)
    wait_until(lambda: min(pixels(page, tmp_path)) > 50, 60, "a robot with its red and blue parts")
    assert page(f"{CLIP}.naturalWidth") == 360
    first = page(f"{CLIP}.src")
    page.until(f"{CLIP}.src !== {first!r}", 30)
    asked = [url for url in page.fetched if not url.startswith(("data:", "blob:"))]
    assert asked and all(re.match(OWN, url) for url in asked), asked


def test_the_speed_slider_changes_the_commanded_and_the_measured_speed(page):
    choose(page, "1.1")
    page.until(f"Number(/speed (-?[0-9.]+) m/.exec({TEXT})?.[1]) > 0.7", 60)
    commanded = number(page, r"\(commanded")
    assert commanded == pytest.approx(1.2, abs=0.1)
    page("document.querySelectorAll('[role=slider]')[0].focus()")
    page.press("Home")
    page.until(f"{TEXT}.includes('(commanded 0.00)')", 30)
    page.until(f"Number(/speed (-?[0-9.]+) m/.exec({TEXT})?.[1]) < 0.3", 60)


def test_keys_steer_and_pause(page):
    choose(page, "1.1")
    page("document.activeElement.blur()")
    before = number(page, r"\(commanded")
    page.press("ArrowUp")
    page.until(f"Number(/commanded (-?[0-9.]+)/.exec({TEXT})?.[1]) > {before}", 30)
    page.press("p")
    page.until(PAUSED, 30)
    page.press("p")
    page.until(f"!{PAUSED}", 30)


def test_a_push_and_another_candidate(page):
    choose(page, "1.1")
    page.until(f"Math.abs(/sideways (-?[0-9.]+) m/.exec({TEXT})?.[1]) < 0.06", 60)
    page("document.querySelectorAll('[role=slider]')[4].focus()")
    page.press("End")  # 3 m/s
    page("[...document.querySelectorAll('button')].find(b => b.innerText === 'push from the right').click()")
    page.until(f"Number(/sideways (-?[0-9.]+) m/.exec({TEXT})?.[1]) > 0.1", 30)
    choose(page, "1.2")
    page.until(f"Number(/falls ([0-9]+)/.exec({TEXT})?.[1]) > 0", 60)


def test_a_candidate_that_is_gone_leaves_the_old_one_walking(page, results):
    choose(page, "1.1")
    gone = results / "amble" / "seed0" / "iter2" / "policy_2.pth"
    gone.unlink()
    choose(page, "2.2")
    page.until(f"{TEXT}.includes('policy_2.pth does not exist')", 30)
    before = page(f"{CLIP}.src")
    page.until(f"{CLIP}.src !== {before!r}", 30)


def test_what_is_wrong_is_one_sentence(results, tmp_path):
    for arguments, said in (
        ((tmp_path / "no",), "is not a results folder"),
        ((results, "--experiment", "trot"), "unknown experiment with a trained candidate 'trot'"),
        ((results, "--seed", "5"), "seeds that have one: 0"),
    ):
        process = served(*arguments)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 1 and output.startswith("error: ") and said in output
        assert len(output.splitlines()) == 1
