"""A folder of pictures as a video: sorted by the numbers in their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from video2reward.errors import UserError

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


def picture_files(folder: Path) -> list[Path]:
    """Return the folder's pictures in natural order (2 before 10); a `UserError` without any."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    if not found:
        raise UserError(f"{folder} holds no pictures ({', '.join(SUFFIXES)}); correct video.file")
    return sorted(found, key=lambda path: _natural(path.name))


def read_pictures(folder: Path) -> Iterator[np.ndarray]:
    """Yield the folder's pictures, (H, W, 3) uint8 BGR, rotated by their EXIF orientation.

    Raises:
        UserError: no pictures, or a damaged or truncated one
    """
    import cv2

    for path in picture_files(folder):
        content = path.read_bytes()
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
        if picture is None or not _whole(content):
            raise UserError(
                f"{path} is {'cut off' if picture is not None else 'empty' if not content else 'not a picture, or damaged'}; "
                "copy it again or remove it from the folder"
            )
        yield np.asarray(picture, np.uint8)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key in which digits count as numbers."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(1, int(part), part) if part.isdigit() else (0, 0, part) for part in parts]


def _whole(content: bytes) -> bool:
    """Return whether a JPEG or PNG has its end marker: decoders fill missing parts with grey."""
    if content.startswith(b"\x89PNG"):
        return b"IEND" in content[-4096:]
    if not content.startswith(b"\xff\xd8"):
        return True
    at = 2  # the picture's data follow the segments, one of which may contain a thumbnail
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return content.find(b"\xff\xd9", at) >= 0
