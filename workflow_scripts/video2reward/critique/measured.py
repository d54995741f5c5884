"""Feedback from measurements: everything that the comparison with the clip has put into words."""

from __future__ import annotations

from video2reward.critique.base import FeedbackSource, JudgedRound, Sections


class Measured(FeedbackSource):
    """The sections of feedback.json."""

    def sections(self, judged: JudgedRound) -> Sections:
        """Return them as they were written."""
        sections: Sections = judged.measured["sections"]
        return sections
