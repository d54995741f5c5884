import base64
from pathlib import Path

import pytest

from video2reward.report.page import embed, figure


def test_files_are_embedded_whole(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG...")
    kind, _, data = embed(picture).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == picture.read_bytes()
    assert embed(Path("gone.png")) == ""


@pytest.mark.parametrize(("value", "shown"), [(None, "-"), (0.12345, "0.123"), (2, "2")])
def test_numbers_read_well(value, shown):
    assert figure(value) == shown
