"""Checking that a video file is complete, by the length in its header or the end of its container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from video2reward.errors import UserError

if TYPE_CHECKING:
    import av

# Containers whose header states the duration; for others, FFmpeg estimates it.
_STATES_DURATION = ("mov", "mp4", "matroska", "webm", "avi", "flv")
_AGAIN = "copy or download it again"
_PACKET = (
    188  # bytes of an MPEG transport stream's packet; 192 with time codes (.m2ts), 204 with error correction
)
_SYNC = 0x47


def check_complete(container: av.container.InputContainer, video: Path, end: float, tolerance: float) -> None:
    """Raise a `UserError` if a video, decoded to `end` s, is cut off.

    MP4, MOV, Matroska, WebM, AVI and FLV state the duration in the header; a GIF or animated PNG has an end marker;
    a transport stream has whole packets (a cut between two packets cannot be detected). `tolerance`: s.
    """
    import av

    names = container.format.name.split(",")
    if "gif" in names and not _gif_ends(video):
        raise UserError(f"video {video} is cut off: the GIF breaks off at {end:.2f} s; {_AGAIN}")
    if "apng" in names and b"IEND" not in video.read_bytes()[-64:]:
        raise UserError(f"video {video} is cut off: the PNG breaks off at {end:.2f} s; {_AGAIN}")
    if "mpegts" in names and not _whole_packets(video):
        raise UserError(f"video {video} is cut off: it ends within a packet; {_AGAIN}")
    if container.duration is None or not any(name in _STATES_DURATION for name in names):
        return
    # Matroska counts the duration from time 0, the others from the first frame.
    start = 0 if "matroska" in names else container.start_time or 0
    promised = (start + container.duration) / av.time_base
    if end < promised - tolerance:
        raise UserError(
            f"video {video} is cut off: its header promises {promised:.2f} s, the data end at {end:.2f} s; "
            f"{_AGAIN}, or end the trim before {end:.2f}"
        )


def _gif_ends(path: Path) -> bool:
    """Return whether a GIF's blocks lead to its trailer (GIF89a specification)."""
    with path.open("rb") as file:
        head = file.read(13)
        if len(head) < 13:
            return False
        file.seek(_colour_table(head[10]), 1)
        while True:
            kind = file.read(1)
            if kind == b"\x3b":
                return True
            if kind == b"\x21":  # an extension: a label, then blocks
                file.read(1)
            elif (
                kind == b"\x2c"
            ):  # a picture: its descriptor, an optional colour table, the code size, then blocks
                place = file.read(9)
                if len(place) < 9:
                    return False
                file.seek(_colour_table(place[8]) + 1, 1)
            else:
                return False
            if not _skip_blocks(file):
                return False


def _colour_table(packed: int) -> int:
    """Return the size of the colour table declared by a packed field, bytes."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _skip_blocks(file: BinaryIO) -> bool:
    """Skip data blocks up to the empty one that ends them; False if the file ends first."""
    while size := file.read(1):
        if size == b"\x00":
            return True
        if len(file.read(size[0])) < size[0]:
            return False
    return False


def _whole_packets(path: Path) -> bool:
    """Return whether a transport stream ends at the end of a packet; true for an unknown layout."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(3 * 204)
    for packet, offset in ((_PACKET, 0), (192, 4), (204, 0)):
        if len(head) > 2 * packet + offset and all(head[i * packet + offset] == _SYNC for i in range(3)):
            return size % packet == 0
    return True
