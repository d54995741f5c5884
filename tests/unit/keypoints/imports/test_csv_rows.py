"""However a spreadsheet saves a .csv, the same numbers come back."""

import numpy as np
import pytest
from tests.unit.keypoints.imports.elsewhere import film, frame_table, read, walkers

from video2reward.skeletons import AP10K

SAVED = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "decimal commas": lambda text: text.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "a named separator": lambda text: b"sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n").encode(),
    "a cell more a line": lambda text: text.replace("\n", ",\n").encode(),
    "empty rows": lambda text: (text + "," * text.splitlines()[0].count(",") + "\n,,,\n").encode(),
    "quotes": lambda text: "\n".join(f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in text.splitlines()).encode(),
    "comments": lambda text: b"# by hand\n" + text.encode(),
}  # fmt: skip


def plain(k):
    """One header row, a row a frame."""
    head = ["frame", *(f"{joint}_{c}" for joint in AP10K.joints for c in ("x", "y", "score"))]
    rows = [[t, *frame.ravel()] for t, frame in enumerate(k)]
    return "".join(",".join(map(str, row)) + "\n" for row in [head, *rows])


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("table", ["DeepLabCut", "one header row"])
def test_however_it_was_saved(tmp_path, table, how):
    k = walkers(frames=30)
    text = frame_table(k, AP10K.joints).to_csv() if table == "DeepLabCut" else plain(k[0])
    path = tmp_path / "a.csv"
    path.write_bytes(SAVED[how](text))
    np.testing.assert_allclose(read(path, film(30, film_frames=30)), k[0])
