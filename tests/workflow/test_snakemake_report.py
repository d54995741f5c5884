"""Snakemake's own report: the right results in it, with captions, and a page that opens offline."""

import base64
import re
import shutil
import subprocess
import sys

import pytest
from tests.browser import Browser, find_browser

SHOWN = {
    "Video": ["keypoints on the video", "stride and footfalls"],
    "Rounds": ["best reward", "similarity joint by joint"],
    "Result": ["scores of the base policy", "scores", "the robot walking"],
    "Report": ["film, scores, curves, rewards", "overview of all loops"],
}
NAMED = "[...document.querySelectorAll('a')].filter(a => a.innerText.trim() === '{}').pop()"
BUTTONS = "[...document.querySelectorAll('a[iconname={}]')]"


@pytest.fixture(scope="module")
def page(finished, tmp_path_factory):
    """The report of a finished run that was pruned and has lost Snakemake's metadata: the hardest case."""
    flow = finished.copy(tmp_path_factory.mktemp("reported") / "run")
    prune = [
        sys.executable,
        str(flow.root / "workflow_scripts" / "prune.py"),
        "--results",
        "results",
        "--yes",
    ]
    subprocess.run(prune, cwd=flow.folder, check=True, capture_output=True)
    shutil.rmtree(flow.folder / ".snakemake")
    run = flow("--report", "snakemake.html")
    assert run.status == 0, run.output[-3000:]
    return flow.folder / "snakemake.html"


@pytest.mark.slow
def test_results_are_embedded_whole(page):
    text = page.read_text()
    kinds = dict.fromkeys(re.findall(r"data:(\w+/[\w-]+);", text))
    assert {"video/mp4", "image/png", "application/json", "text/x-python", "text/html"} <= set(kinds)
    film = (page.parent / "results/amble/seed0/best/rollout.mp4").read_bytes()
    assert base64.b64encode(film).decode() in text
    assert len(text) < 20e6


@pytest.mark.slow
def test_a_browser_shows_results_and_captions_offline(page):
    program = find_browser()
    if program is None:
        pytest.skip("no browser found")
    browser = Browser(program)
    try:
        for category, shown in SHOWN.items():
            browser.open(page)
            browser.until(f"!!{NAMED.format(category)}")
            browser(f"{NAMED.format(category)}.click()")
            browser.until(f"{BUTTONS.format('information-circle')}.length > 0")
            words = browser("document.body.innerText")
            assert [label for label in shown if label not in words] == []

        browser.open(page)
        browser(f"{NAMED.format('Rounds')}.click()")
        browser.until(f"{BUTTONS.format('eye')}.length === 4")
        browser(f"{BUTTONS.format('eye')}[1].click()")
        browser.until("[...document.images].some(image => image.naturalWidth >= 1200)")
        browser(f"{BUTTONS.format('information-circle')}[1].click()")
        browser.until("document.body.innerText.includes('Round 1 of amble, seed 0: the best')")

        outside = [url for url in browser.fetched if not url.startswith(("file:", "data:", "blob:"))]
        assert outside == []
        assert [complaint for complaint in browser.complaints if "tailwindcss" not in complaint] == []
    finally:
        browser.close()
