"""Downloading a video once, into a cache shared by all results."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

from video2reward.artifacts.io import atomic_path
from video2reward.errors import UserError
from video2reward.jobs.download import LARGEST, TIMEOUT_S, fetch
from video2reward.video.decode import decode

FOLDER = "V2R_VIDEOS"  # environment variable: folder for downloaded videos
TALLEST = 1080  # px, maximum height of a format chosen from a page


def cache() -> Path:
    """Return the folder for downloaded videos: $V2R_VIDEOS, or ~/.cache/video2reward/videos."""
    own = os.environ.get(FOLDER)
    return Path(own).expanduser() if own else Path.home() / ".cache" / "video2reward" / "videos"


def cached(address: str) -> Path:
    """Return the path of an address's video in the cache, downloaded or not."""
    last = Path(unquote(urlsplit(address).path)).name
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", last)[-60:].strip("._") or "video"
    return cache() / f"{hashlib.sha256(address.encode()).hexdigest()[:12]}-{name}"


def get_video(address: str) -> Path:
    """Return the video at an address, downloading it if it is not in the cache.

    A file is downloaded directly. For a web page (such as a video portal's), yt-dlp gets the video, if installed.

    Raises:
        UserError: no network, no such file, interrupted, not a video; a page without yt-dlp, or yt-dlp fails
    """
    path = cached(address)
    if not path.exists():
        if _kind(address).startswith(("text/html", "application/xhtml")):
            _from_page(address, path)
        else:
            fetch("the video", [address], path, "")
    try:
        next(decode(path))
    except UserError as error:
        size = path.stat().st_size
        path.unlink()
        raise UserError(
            f"{address} delivers {size} bytes that are not a video ({str(error).replace(str(path), 'it')}); open it in a "
            "browser to see what it is"
        ) from None
    return path


def _kind(address: str) -> str:
    """Return the media type stated by the server; "" if it cannot be reached (`fetch` reports why)."""
    request = urllib.request.Request(address, headers={"User-Agent": "video2reward"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return str(answer.headers.get("Content-Type", "")).lower()
    except (OSError, ValueError, urllib.error.URLError):
        return ""


def page_reader() -> list[str] | None:
    """Return the command for yt-dlp, from this environment or the PATH; None if it is not installed."""
    if importlib.util.find_spec("yt_dlp") is not None:
        return [sys.executable, "-m", "yt_dlp"]
    found = shutil.which("yt-dlp")
    return [found] if found else None


def _from_page(address: str, path: Path) -> None:
    command = page_reader()
    if command is None:
        raise UserError(
            f"{address} is a web page, not a video file: install yt-dlp, which extracts the video "
            f"({Path(sys.executable)} -m pip install yt-dlp), and run again; or give the address of the file itself"
        )
    print(f"getting the video of {address} with yt-dlp", file=sys.stderr, flush=True)
    with atomic_path(path) as aside:
        # A single video stream: sound is not needed, and merging streams would need ffmpeg.
        best = f"bv*[height<={TALLEST}]/b[height<={TALLEST}]/bv*/b"
        options = [
            "--ignore-config",
            "--no-playlist",
            "--newline",
            "--no-mtime",
            "--no-cache-dir",
            "--fixup",
            "never",
            "--max-filesize",
            str(LARGEST),
        ]
        done = subprocess.run(
            [*command, *options, "--format", best, "--output", str(aside), "--", address],
            stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0 or not aside.exists():
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
            reason = said[-1].removeprefix("ERROR: ")[:300] if said else "it found no video"
            raise UserError(
                f"yt-dlp cannot get a video from {address} ({reason}); give the address of the file itself, or "
                f"download it elsewhere and put it at {path}"
            )
