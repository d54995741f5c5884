"""One text that readers of JSON and of YAML take for the same values."""

import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.json_yaml import json_yaml, write_json_yaml

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
)
WORDS = st.text(st.characters(codec="ascii", min_codepoint=32), max_size=9)
VALUES = st.recursive(
    SCALARS | WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
)


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_both_readers_find_what_was_written(content):
    text = json_yaml(content)
    assert json.loads(text) == content
    assert yaml.safe_load(text) == content


def test_rows_stand_on_one_line(tmp_path):
    write_json_yaml(tmp_path / "x.yaml", {"kp": [85.0, 1e-5], "table": [[1.0, 2], []], "none": {}})
    expected = '{\n  "kp": [85.0, 1.0e-05],\n  "table": [\n    [1.0, 2],\n    []\n  ],\n  "none": {}\n}\n'
    assert (tmp_path / "x.yaml").read_text() == expected


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused_and_leaves_no_file(tmp_path, value):
    with pytest.raises(ValueError, match="no place"):
        write_json_yaml(tmp_path / "x.yaml", {"limits": [[value]]})
    assert list(tmp_path.iterdir()) == []
