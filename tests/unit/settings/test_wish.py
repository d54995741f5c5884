import pytest
from pydantic import ValidationError

from video2reward.settings.loop import Loop
from video2reward.settings.wish import Wish


def test_a_text_alone_is_a_wish_of_which_nothing_is_measured():
    wish = Loop(wish="make no noise").wish
    assert wish == Wish(text="make no noise") and wish.measured == {} and wish.times == {}
    assert Loop().wish is None


def test_measures_have_one_target_each():
    wish = Wish(text="x", measured={"foot_lift": {"times": 2}, "impact": {"at_most": 0.3}})
    assert wish.times == {"foot_lift": 2.0}
    for target, said in (
        ({}, "give one of times, at_most, at_least; found none"),
        ({"times": 2, "at_most": 1}, "found times, at_most"),
        ({"times": 1.0}, "asks for nothing"),
        ({"at_most": -1}, "greater than 0"),
    ):
        with pytest.raises(ValidationError, match=said):
            Wish(text="x", measured={"speed": target})
