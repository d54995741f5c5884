"""What stands in the drawings: methods with numbers, the paper's numbers, the clips."""

import re
from xml.etree import ElementTree

import numpy as np
from tests.unit.tables.conftest import tables_of

from video2reward.tables import quantities as q
from video2reward.tables.drawings import bars, foot_drawing, matrices
from video2reward.tables.matrix import make_matrices

DIAMONDS = re.compile(r"#D55E00", re.IGNORECASE)


def texts(drawn):
    """The words in a drawing, which must be well-formed XML."""
    root = ElementTree.fromstring(drawn)
    return [element.text for element in root.iter() if element.tag.endswith("}text")]


def table_one(group, gait):
    group.clip("dog_amble", {"human": [(gait, -0.1, -0.1), (1.1 * gait, -0.1, -0.1)]})
    return next(table for table in tables_of(group.study()) if table.name == "table1")


def test_bars_name_the_methods_with_numbers_and_the_papers_of_the_same_size(group):
    drawn = bars(table_one(group, 0.2), [q.PAPER_DTW], {"human": "Human", "eureka": "Eureka"})
    assert {"Human", "Eureka"} <= set(texts(drawn)), "44.7, the paper's largest, is within three times 22"
    assert "sparse" not in texts(drawn)
    assert DIAMONDS.search(drawn)
    assert "Human 21" in ElementTree.fromstring(drawn).attrib["aria-label"]


def test_the_papers_numbers_of_another_size_would_squeeze_ours_and_are_left_out(group):
    drawn = bars(table_one(group, 0.04), [q.PAPER_DTW], {})
    assert "human" in texts(drawn) and "eureka" not in texts(drawn)
    assert not DIAMONDS.search(drawn)


def test_where_there_is_no_number_the_drawing_says_so(group):
    group.clip("dog_amble", {"human": [None]})
    table = tables_of(group.study())[0]
    assert "no bars" in texts(bars(table, [q.GAIT], {}))[0]
    assert "no foot trajectories" in texts(foot_drawing([]))[0]
    assert "nothing to cross-compare" in texts(matrices([], {}))[0]


def test_feet_and_matrices_name_what_they_show(group):
    path = np.stack([np.cos(np.linspace(0, 6, 30)), np.sin(np.linspace(0, 6, 30))], axis=1)
    assert {"Human", "amble", "robot"} <= set(texts(foot_drawing([("Human\namble", path, 0.9 * path)])))
    for clip in ("amble", "trot"):
        group.clip(clip, {"human": [(0.1, -0.1, -0.1)]})
    drawn = matrices(make_matrices(group.study()), {"human": "Human"})
    assert {"amble", "trot", "0.050", "0.120", "Human, anymal_c"} <= set(texts(drawn))
