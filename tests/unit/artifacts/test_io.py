import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.io import (
    atomic_path,
    digest,
    provenance,
    read_h5,
    read_json,
    write_csv,
    write_h5,
    write_json,
)
from video2reward.errors import UserError


def test_a_failed_write_leaves_nothing(tmp_path):
    path = tmp_path / "a" / "x.txt"
    with pytest.raises(RuntimeError), atomic_path(path) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert os.listdir(tmp_path / "a") == []


def test_a_failed_write_keeps_the_old(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(path) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"


def test_a_folder_is_replaced_whole(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "old.jpg").write_text("x")
    with atomic_path(folder) as aside:
        aside.mkdir()
        (aside / "new.jpg").write_text("y")
    assert os.listdir(folder) == ["new.jpg"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(content=st.dictionaries(st.text(), json_values, max_size=4))
def test_json_comes_back(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("json") / "x.json"
    write_json(path, content)
    assert read_json(path) == content


def test_json_of_numpy_and_nan(tmp_path):
    write_json(
        tmp_path / "x.json", {"a": np.float32(0.5), "b": np.arange(2), "c": float("nan"), "d": (1, np.inf)}
    )
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": 0.5, "b": [0, 1], "c": None, "d": [1, None]}


@pytest.mark.parametrize(("text", "expected"), [("{", "is not JSON"), ("[1]", "holds a list")])
def test_damaged_json(tmp_path, text, expected):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UserError, match=expected):
        read_json(tmp_path / "x.json")


def test_h5_comes_back(tmp_path):
    arrays = {"a": np.arange(6.0).reshape(2, 3), "s": np.array(3.0)}
    write_h5(tmp_path / "x.h5", arrays, {"names": ("a", "b"), "p": {"q": 1}})
    back, attributes = read_h5(tmp_path / "x.h5")
    assert set(back) == {"a", "s"}
    np.testing.assert_array_equal(back["a"], arrays["a"])
    assert attributes == {"names": ["a", "b"], "p": {"q": 1}}


def test_damaged_h5(tmp_path):
    (tmp_path / "x.h5").write_bytes(b"not hdf5")
    with pytest.raises(UserError, match="not a readable HDF5"):
        read_h5(tmp_path / "x.h5")


def test_digest_of_a_folder_sees_names_and_content(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "a").write_text("1")
    first = digest(folder)
    (folder / "a").rename(folder / "b")
    second = digest(folder)
    (folder / "b").write_text("2")
    assert len({first, second, digest(folder)}) == 3


def test_provenance_names_inputs_and_versions(tmp_path):
    (tmp_path / "x").write_text("1")
    record = provenance({"x": tmp_path / "x"}, {"steps": 3}, "abc")
    assert record["inputs"] == {"x": digest(tmp_path / "x")}
    assert record["parameters"] == {"steps": 3}
    assert record["code"] == "abc"
    assert "numpy" in record["versions"]


def test_csv(tmp_path):
    write_csv(tmp_path / "x.csv", ["a", "b"], [[1, 2], [3, ""]])
    assert (tmp_path / "x.csv").read_text().split() == ["a,b", "1,2", "3,"]
