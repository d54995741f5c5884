"""The page of a judge's test: every motion's score beside the measured one, with what the judge saw and said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from video2reward.artifacts.judge import JudgeTest
from video2reward.critique.judge.figures import YARDSTICK
from video2reward.critique.judge.verdict import error_in_words
from video2reward.pages.templates import environment, picture_address
from video2reward.results.layout import KnownMotionFolder
from video2reward.scores.ranking import DEFINITION


def judge_page(judgement: JudgeTest, folders: Sequence[Path], template: Path, style: Path) -> str:
    """Return the page; folders: the motions', in the judgement's order; template: resources/judge/judge.html.j2."""
    pictures = [
        [picture_address(path) for path in sorted(KnownMotionFolder(f).pictures.glob("[!.]*"))]
        for f in folders
    ]
    page: str = (
        environment(template.parent, style.parent)
        .get_template(template.name)
        .render(
            judgement=judgement,
            pictures=pictures,
            error=error_in_words(judgement.error),
            yardstick=error_in_words(judgement.yardstick),
            definition=DEFINITION,
            measured=YARDSTICK,
        )
    )
    return page
