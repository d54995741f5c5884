"""What mkdocs calls while it builds the site: adds README.md, and the files outside docs/ that pages link to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")


def on_files(files: Files, config: Any) -> Files:
    """Add README.md as readme.md, and every file that a link leads to outside docs/, under its path in the project."""
    files.append(File.generated(config, "readme.md", content=readme()))
    for page in sorted(Path(config.docs_dir).glob("**/*.md")):
        for link in LINK.findall(page.read_text()):
            target = (page.parent / link).resolve()
            outside = (
                target.is_file() and not target.is_relative_to(config.docs_dir) and target.suffix != ".md"
            )
            name = str(target.relative_to(ROOT)) if outside else ""
            if name and not files.get_file_from_path(name):
                files.append(File.generated(config, name, abs_src_path=str(target)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point links that leave docs/ at the copies made by `on_files`."""
    return LINK.sub(lambda link: inside(link[1], Path(page.file.src_uri).parent), markdown)


def readme() -> str:
    """Return README.md as a page of docs/; the other pages of the project's folder it names are not in the site."""
    text = (ROOT / "README.md").read_text().replace("](docs/", "](")
    return re.sub(r"\[([^]]+)\]\(([A-Z]+\.md)\)", r"\1 (`\2`)", text)


def inside(link: str, folder: Path) -> str:
    """Return a link of a page in `folder` of docs/ as it is in the site."""
    target = (ROOT / "docs" / folder / link).resolve()
    if target == ROOT / "README.md":
        return "readme.md"
    if target.is_relative_to(ROOT / "docs") or not target.exists():
        return link
    return "../" * len(folder.parts) + str(target.relative_to(ROOT))
