"""Text on the tuned reward: which of the best reward's numbers moved, and whether it helped."""

from __future__ import annotations

from video2reward.artifacts.tuning import TuningRecord, named_moves

_VERDICTS = {
    "better": "more than the noise between trainings",
    "within noise": "within the noise between trainings, so no difference",
    "unsure": "how much of it is noise is not known",
}


def tuning_sections(tuning: TuningRecord) -> dict[str, list[str]]:
    """Return the section on tuning, as feedback.json has its sections: texts of decreasing length; {} if nothing was tuned."""
    return {} if tuning.verdict == "none" else {"tuning": _texts(tuning)}


def _texts(tuning: TuningRecord) -> list[str]:
    trained = [one for one in tuning.variants if one.number and one.status == "ok"]
    tried = (
        f"Since then the numbers of the best reward were tuned: {len(trained)} variants of it had a short training each, beside "
        "the unchanged reward"
    )
    if tuning.verdict == "start":
        names = ", ".join(one.name for one in tuning.numbers)
        said = f"{tried}. None did better. What was varied: {names}. So look for what is wrong in other places than these numbers."
        return [said, f"{tried}. None did better."]
    moved = named_moves(tuning.moved)
    gain = outcome_in_words(tuning)
    own = "The reward with these numbers is already a candidate of the round for which you write now."
    return [f"{tried}. What moved: {moved}. {gain} {own}", f"{tried}. {gain}"]


def outcome_in_words(tuning: TuningRecord) -> str:
    """Return what the move brought, in a sentence."""
    if tuning.before is None or tuning.after is None:
        return f"{tuning.why[:1].upper()}{tuning.why[1:]}."
    figures = f"{tuning.measure} {tuning.before:.3f} -> {tuning.after:.3f}"
    return f"After equally short trainings: {figures}; {_VERDICTS[tuning.verdict]}."
