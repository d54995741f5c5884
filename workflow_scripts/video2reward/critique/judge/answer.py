"""Read a score from an answer, however it is laid out, and in whatever major language."""

from __future__ import annotations

import re
import unicodedata

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.I | re.S)
_RANGE = re.compile(
    r"\(?(?<![\d.])(?:\b(?:from|between|von|zwischen|de|entre|da|tra|van|от|从|從)\s*)?0\s*"
    r"(?:-|–|—|~|to|and|bis|und|a|à|y|et|e|até|tot|en|до|至|到|から|\.\.+)\s*100(?!\d)(?:\s*(?:分|点|점|まで))?\)?",
    re.I,
)
_SCORE = (
    r"(?:\b(?:score|punktzahl|punkte|bewertung|note|puntuación|puntaje|puntos|calificación|punteggio|voto|pontuação|nota|"
    r"beoordeling|оценка|балл|баллы|ocena|wynik|puan)\b|评分|評分|得分|分数|分數|打分|スコア|点数|점수|평점)"
)
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?)"
_OUT_OF = r"\s*(?:/|out of|of|von|sur|sobre|de|su|van|из)\s*(?P<whole>10|20|100)(?!\d)"
_WAYS = (
    # A line of its own, as asked for
    re.compile(rf"^\W*{_SCORE}\W*?[:=]\s*{_NUMBER}(?:{_OUT_OF})?", re.I | re.M),
    # Score: 62, **Score** = 62/100, "score": 62, I give it a score of 62
    re.compile(rf"\bscore\b[^\w\n]{{0,8}}(?:\b(?:is|of|would be)\b)?\s*[:=]?\s*(?<![-−\d.]){_NUMBER}(?:{_OUT_OF})?", re.I),
    # Die Punktzahl ist 62
    re.compile(rf"{_SCORE}[^\w\n]{{0,4}}(?:[:=]|\b(?:ist|est|es|de|è|é)\b|为|為|是|は|은|는)\s*{_NUMBER}(?:{_OUT_OF})?", re.I),
    re.compile(rf"(?<![-−\d.]){_NUMBER}{_OUT_OF}", re.I),
    re.compile(rf"^\W*(?<![-−]){_NUMBER}\s*(?:points?|punkte|puntos|punti|pontos|分|点|점)?\W*$", re.I | re.M),
    re.compile(rf"(?:100\s*(?:分|点|점)?\s*(?:满分|滿分|中|만점에|만점 중)\D{{0,4}}){_NUMBER}\s*(?:分|点|점)", re.I),
    re.compile(rf"(?<![-−\d.]){_NUMBER}\s*(?:分|点|점)(?!\d)"),
)  # fmt: skip


def read_score(text: str) -> float | None:
    """Return the score, 0..100; None if there is none, or one outside.

    The last one counts where an answer names several, since models think aloud. "8 out of 10" is 80.
    """
    # Digits and colons of East Asian width become plain ones.
    said = unicodedata.normalize("NFKC", _THOUGHTS.sub("", text))
    said = _RANGE.sub(" ", re.sub(r"[*_`#]", "", said))
    for way in _WAYS:
        found = [score for one in way.finditer(said) if (score := _scaled(one)) is not None]
        if found:
            return found[-1]
    return None


def _scaled(found: re.Match[str]) -> float | None:
    """Return a number out of a hundred; None if it is not within 0..100."""
    number = float(found["number"].replace(",", "."))
    whole = float(found.groupdict().get("whole") or 100)
    score = 100 * number / whole if whole else -1.0
    return score if 0 <= score <= 100 else None
