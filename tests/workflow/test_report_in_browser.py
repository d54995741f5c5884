"""The report in a real browser: films play in step, keys and buttons work, nothing complains, a phone can show it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.browser import Browser, find_browser

from video2reward.artifacts.io import read_json

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "</script></pre><img src=x onerror=\"document.title='hacked'\">"
# Mean brightness of each screen, 0..255, and the greatest difference from a picture kept before.
LOOK = """(() => [...document.querySelectorAll('canvas')].map(canvas => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    const data = copy.getImageData(0, 0, canvas.width, canvas.height).data;
    const before = (window.kept ||= new Map()).get(canvas);
    window.kept.set(canvas, data);
    let sum = 0, most = 0;
    for (let i = 0; i < data.length; i += 4) {
        sum += data[i];
        if (before) most = Math.max(most, Math.abs(data[i] - before[i]));
    }
    return [sum * 4 / data.length, most];
}))()"""
AT = "Number(document.querySelector('.strip input').value)"
FILM = "document.querySelector('video')"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium here (apt install chromium)"),
]


@pytest.fixture(scope="module")
def browser():
    browser = Browser(find_browser())
    yield browser
    browser.close()


@pytest.fixture
def page(browser, finished):
    """The tiny run's report, freshly opened, its player ready."""
    browser.complaints.clear()
    browser.fetched.clear()
    browser.open(finished / "report.html")
    browser.until(
        "document.querySelectorAll('.player').length && document.querySelectorAll('.player:not(.ready)').length === 0"
    )
    yield browser
    assert browser.complaints == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in browser.fetched), browser.fetched


@pytest.fixture
def player(page):
    """The page with the keyboard in its player."""
    page("document.querySelector('.player').focus()")
    return page


def test_it_opens_without_playing_and_asks_for_nothing(page):
    assert page(f"{FILM}.paused") is True
    (video, _), (robot, _) = page(LOOK)
    assert video > 20 and robot > 20  # no black screens
    assert page("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert "frame 1 of" in page("document.querySelector('output').textContent")


def test_space_plays_both_halves_and_stops_them(player):
    player(LOOK)
    player.press(" ")
    player.until(f"{FILM}.currentTime > 0.5")
    assert player("document.querySelector('.play').textContent") == "Pause"
    assert player("scrollY") == 0  # the page stays where it is
    player.press(" ")
    player.until(f"document.querySelector('.play').textContent === 'Play' && !{FILM}.seeking")
    (video, moved), (robot, _) = player(LOOK)
    assert video > 20 and robot > 20 and moved > 30
    stopped = player(f"{FILM}.currentTime")
    assert player(f"new Promise(done => setTimeout(() => done({FILM}.currentTime), 200))") == stopped
    assert player(AT) == int(
        stopped * player("JSON.parse(document.querySelector('.player').dataset.film).fps")
    )


def test_arrows_go_frame_by_frame_and_round_the_ends(player):
    frames = player("JSON.parse(document.querySelector('.player').dataset.film).frames")
    for key, wanted in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowLeft", frames - 1)):  # fmt: skip
        player.press(key)
        player.until(f"{AT} === {wanted} && !{FILM}.seeking")
        assert f"frame {wanted + 1} of" in player("document.querySelector('output').textContent")
    player(LOOK)
    player("document.querySelector('.strip input').value = 40")
    player("document.querySelector('.strip input').dispatchEvent(new Event('input', {bubbles: true}))")
    player.until(f"{FILM}.currentTime > 0 && !{FILM}.seeking && {AT} === 40")
    assert player(LOOK)[0][1] > 30  # another picture
    assert "video 0.67 s" in player("document.querySelector('output').textContent")


def test_half_speed_is_half_the_speed(player):
    player.press("h")
    assert player(f"{FILM}.playbackRate") == 0.5
    assert player("document.querySelector('.half').getAttribute('aria-pressed')") == "true"
    player.press(" ")
    passed = player(
        f"new Promise(done => {{ const film = {FILM}; const clock = () => [film.currentTime, performance.now() / 1000];"
        "const start = clock(); setTimeout(() => { const end = clock(); done((end[0] - start[0]) / (end[1] - start[1])) }, 800) })"
    )
    assert 0.2 < passed < 0.6
    player.press("h")
    assert player(f"{FILM}.playbackRate") == 1


def test_buttons_are_reached_by_tab_and_pressed_by_space(player):
    reached = []
    for _ in range(5):
        player.press("Tab")
        reached.append(player("document.activeElement.className || document.activeElement.type"))
        assert player("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == ["range", "play", "back", "forth", "half"]
    player("document.querySelector('.play').focus()")
    player.press(" ")
    player.until(f"!{FILM}.paused")
    player("document.querySelector('.screens').click()")
    player.until(f"{FILM}.paused")


def test_films_play_where_browsers_do_not_say_which_frame_they_show(browser, finished):
    older = browser.before_pages("delete HTMLVideoElement.prototype.requestVideoFrameCallback")
    browser.open(finished / "report.html")
    browser.no_longer_before(older)
    browser.until("document.querySelector('.player.ready')")
    browser(LOOK)
    browser("document.querySelector('.play').click()")
    browser.until(f"{AT} > 20")
    assert browser(LOOK)[0][1] > 30


@pytest.mark.parametrize("width", [320, 375, 700, 1280])
def test_every_width_shows_it_without_scrolling_sideways(page, width):
    page.size(width, 800)
    page("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page("document.documentElement.scrollWidth") <= width
    video, robot = page(
        "[...document.querySelectorAll('canvas')].map(c => c.getBoundingClientRect().toJSON())"
    )
    if width < 640:
        assert robot["top"] >= video["bottom"] and video["width"] > 0.8 * width
    else:
        assert robot["left"] >= video["right"] and abs(robot["height"] - video["height"]) < 2


def test_hostile_text_stays_text(browser, finished, tmp_path):
    """The same results with a model's worst in every text that it writes, through the real script."""
    copy = tmp_path / "results"
    subprocess.run(["cp", "-r", str(finished.folder / "results"), str(copy)], check=True)
    folder = copy / "amble/seed0/iter1"
    (folder / "best_reward.py").write_text(f"x = 1  # {HOSTILE}\n")
    for name, changes in {
        "check_1.json": {"status": "failed", "stage": "trial", "message": HOSTILE, "traceback": HOSTILE * 2},
        "completion_1.json": {"note": HOSTILE, "model": HOSTILE},
        "feedback.json": {"text": HOSTILE},
    }.items():
        (folder / name).write_text(json.dumps(read_json(folder / name) | changes))
    table = folder / "training_2.csv"
    table.write_text(table.read_text().replace("reward/linear", "reward/" + HOSTILE.replace('"', "'"), 1))
    params = json.loads(read_json(copy / "amble/seed0/logs/write_loop_page.json")["params"])
    params["loop"]["iterations"] = 1  # one round is enough, and quicker
    written = subprocess.run(
        [sys.executable, ROOT / "workflow_scripts/write_loop_page.py", "--params", json.dumps(params),
         "--templates", *(ROOT / "resources/report").iterdir(), "--page", tmp_path / "report.html",
         "--summary", tmp_path / "report.json"],
        check=False, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert written.returncode == 0, written.stderr
    browser.complaints.clear()
    browser.open(tmp_path / "report.html")
    browser.until("document.querySelector('.player.ready')")
    assert browser("document.title") == "anymal_c learns dog_amble: Video2Reward report"
    assert browser("document.querySelectorAll('img[src=x], [onerror]').length") == 0
    assert browser("document.body.textContent.split('onerror').length") > 5
    assert browser.complaints == []


def test_a_film_that_the_browser_cannot_play_says_what_helps(browser, finished, tmp_path):
    page = (finished / "report.html").read_text()
    broken = tmp_path / "report.html"
    broken.write_text(re.sub(r'src="data:video/mp4;base64,[^"]+"', 'src="data:video/mp4;base64,AAAA"', page))
    browser.open(broken)
    browser.until("document.querySelector('.player.failed')")
    assert browser("document.querySelector('.unplayable').offsetHeight") > 0
    assert "FFmpeg" in browser("document.querySelector('.player').innerText")
    browser.open(finished / "report.html")
    browser.until("document.querySelector('.player.ready')")
    assert browser("document.querySelector('.unplayable').offsetHeight") == 0
