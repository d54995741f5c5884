"""Reading .csv files from any spreadsheet: comma, semicolon or tab; UTF-8 or UTF-16; decimal point or comma."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEPARATORS = ",;\t"
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+([eE][-+]?\d+)?\s*")


def csv_rows(path: Path) -> list[list[str]]:
    """Return the rows without comments, empty rows and an empty last column, which some programs add."""
    content = path.read_bytes()
    text = content.decode(_MARKS.get(content[:2], "utf-8-sig"))
    lines = list(io.StringIO(text, newline=""))
    while lines and (not lines[0].strip() or re.match(r"#|sep=.\s*$", lines[0])):
        lines.pop(0)
    if not lines:
        return []
    separator = max(_SEPARATORS, key=lines[0].count)
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    if all(len(row) == len(rows[0]) and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    if separator == ",":
        return rows
    return [
        [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in row] for row in rows
    ]
