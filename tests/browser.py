"""A real browser without a window, driven by the DevTools protocol over pipes: no port, no extra package."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.waiting import wait_until

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
KEYS = {" ": ("Space", 32), "ArrowLeft": ("ArrowLeft", 37), "ArrowRight": ("ArrowRight", 39), "Tab": ("Tab", 9), "Enter": ("Enter", 13), "h": ("KeyH", 72),
    "m": ("KeyM", 77), "p": ("KeyP", 80), "ArrowUp": ("ArrowUp", 38), "Home": ("Home", 36), "End": ("End", 35), "1": ("Digit1", 49), "2": ("Digit2", 50), "0": ("Digit0", 48)}  # fmt: skip


@cache
def find_browser() -> str | None:
    """The path of a browser that starts, None if there is none; Ubuntu's package without snap is a mere hint."""
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


class Browser:
    """One page of one browser; `complaints` holds what went to its console, `fetched` what it asked for."""

    def __init__(self, program: str, draws: bool = False) -> None:
        """Start it; draws: with WebGL, by software."""
        self.complaints: list[str] = []
        self.fetched: list[str] = []
        self._number, self._session, self._rest = 0, None, b""
        self._events: list[dict] = []
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        ours, theirs = self._pipes()
        self._process = subprocess.Popen(
            [
                program,
                *FLAGS,
                *(WEBGL if draws else ()),
                f"--user-data-dir={self._folder.name}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=lambda: [os.dup2(end, place) for end, place in zip(theirs, (3, 4), strict=True)],
            start_new_session=True,
        )
        for end in theirs:
            os.close(end)
        self._write, self._read = ours
        target = next(t for t in self._call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    @staticmethod
    def _pipes() -> tuple[tuple[int, int], tuple[int, int]]:
        """Two pipes whose ends lie above the numbers 3 and 4, at which the browser expects its own."""
        ends = [
            fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for pipe in (os.pipe(), os.pipe()) for end in pipe
        ]
        return (ends[1], ends[2]), (ends[0], ends[3])

    def close(self) -> None:
        """End the browser."""
        try:
            self._session = None
            self._call("Browser.close")
        except (OSError, TimeoutError, EOFError):
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for end in (self._write, self._read):
            os.close(end)
        self._folder.cleanup()

    def open(self, page: Path, width: int = 1280, height: int = 900) -> None:
        """Open a file in a window of this size, px, and wait until it has loaded."""
        self.visit(page.resolve().as_uri(), width, height)

    def visit(self, address: str, width: int = 1280, height: int = 900) -> None:
        """Open an address in a window of this size, px, and wait until it has loaded."""
        self.size(width, height)
        self._events.clear()
        self._call("Page.navigate", url=address)
        self._wait_event("Page.loadEventFired")

    def before_pages(self, script: str) -> str:
        """Run a script at the start of every page that is opened from now on; the answer ends it."""
        return self._call("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]

    def no_longer_before(self, identifier: str) -> None:
        """End what `before_pages` began."""
        self._call("Page.removeScriptToEvaluateOnNewDocument", identifier=identifier)

    def size(self, width: int, height: int) -> None:
        """Change the window's size, px; narrow ones are phones."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    def __call__(self, script: str) -> object:
        """Evaluate a JavaScript expression, wait for it if it is a promise, and return its value."""
        done = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key, as a person would."""
        code, number = KEYS[key]
        text = {"text": key} if len(key) == 1 else {}
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self._call("Input.dispatchKeyEvent", type="keyDown", **about, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        self._call("Input.insertText", text=text)

    def until(self, script: str, seconds: float = 10) -> None:
        """Evaluate a JavaScript expression until it is true."""
        wait_until(lambda: self(f"!!({script})"), seconds, script, every=0.05)

    def picture(self, path: Path, whole: bool = False) -> None:
        """Save what the window shows, or the whole page, as a PNG."""
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _call(self, method: str, **parameters: object) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while (answer := self._receive()).get("id") != self._number:
            self._events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _wait_event(self, name: str) -> None:
        while not any(event.get("method") == name for event in self._events):
            self._events.append(self._receive())

    def _receive(self, seconds: float = 30) -> dict:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], seconds)[0]:
                raise TimeoutError("the browser does not answer")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise EOFError("the browser ended")
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(text)
        self._note(message)
        return message

    def _note(self, message: dict) -> None:
        method, about = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(about["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(about["args"]))
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.complaints.append(about["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.fetched.append(about["request"]["url"][:200])
