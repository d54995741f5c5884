from video2reward.feedback.wish_text import wish_text
from video2reward.settings.wish import Wish

FIGURE = {
    "words": "foot lift", "unit": "m", "base": 0.08, "relation": "times", "asked": 2.0, "limit": 0.16,
    "value": 0.112, "fulfilled": 0.4,
}  # fmt: skip
IMPACT = FIGURE | {"words": "impact", "unit": "m/s", "base": None, "relation": "at_most", "asked": 0.3}
WISH = Wish(text="lift the paws 100% higher and make no noise")


def test_it_says_what_was_asked_and_what_was_reached():
    measures = {"foot_lift": FIGURE, "impact": IMPACT | {"limit": 0.3, "value": 0.45, "fulfilled": 0.5}}
    assert wish_text(WISH, {"success": 0.45, "measures": measures}).splitlines() == [
        'The user\'s wish: "lift the paws 100% higher and make no noise"',
        "Foot lift: asked 2.00 times the motion in reach's (0.16 m); reached 1.40 times (0.112 m); 40 % fulfilled.",
        "Impact: asked at most 0.3 m/s; reached 0.45 m/s; 50 % fulfilled.",
        "The wish as a whole is fulfilled to 45 %; agents that fell count as not fulfilling it.",
    ]

    changed = wish_text(WISH, {"success": 0.45, "measures": measures}, ["foot_lift", "speed"])
    assert changed.endswith(
        "In all that follows, the video and the motion in reach have the wished foot lift."
    )


def test_a_wish_in_words_alone_is_not_measured_and_says_so():
    assert wish_text(WISH, None).endswith(
        "Nothing of it was measured: no figure here says how far it is fulfilled."
    )


def test_without_survivors_nothing_is_measured():
    lost = {"foot_lift": FIGURE | {"value": None, "fulfilled": 0.0}}
    assert "not measured, no agent stayed up; 0 % fulfilled" in wish_text(
        WISH, {"success": 0.0, "measures": lost}
    )
