import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.limbs import Pantograph, two_links

ROOT = np.array([0.1 + 0.5j])


@settings(deadline=None)
@given(st.floats(0.2, 0.55), st.floats(-0.8, 0.8), st.booleans())
def test_two_links_reach_the_end_and_bend_as_asked(distance, lean, forward):
    end = ROOT + distance * -1j * np.exp(1j * lean)
    first, second = two_links(ROOT, end, 0.3, 0.27, forward)
    assert abs(first[0]) == pytest.approx(1.0)
    assert abs(second[0]) == pytest.approx(1.0)
    assert ROOT + 0.3 * first + 0.27 * second == pytest.approx(end)
    knee = (ROOT + 0.3 * first - ROOT) / (end - ROOT)
    assert (knee.imag[0] > 0) == forward


@pytest.mark.parametrize("distance", [0.6, 0.02])
def test_out_of_reach_is_an_error(distance):
    with pytest.raises(ValueError, match="cannot reach"):
        two_links(ROOT, ROOT - 1j * distance, 0.3, 0.27, True)


@settings(deadline=None)
@given(st.floats(0.35, 0.5), st.floats(-0.4, 0.4))
def test_a_pantograph_keeps_its_segments_and_its_angle(distance, lean):
    limb = Pantograph(0.2, 0.205, 0.16, np.radians(28))
    foot = ROOT + distance * -1j * np.exp(1j * lean)
    upper, lower = limb.solve(ROOT, foot)
    segments = [upper - ROOT, lower - upper, foot - lower]
    assert [abs(s[0]) for s in segments] == pytest.approx([0.2, 0.205, 0.16])
    assert np.angle(segments[0] / segments[2])[0] == pytest.approx(np.radians(28))
