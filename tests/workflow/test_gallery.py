"""The gallery of docs/ is made from any finished run."""

import subprocess
import sys

from tests.workflow.conftest import ROOT


def test_the_gallery_shows_a_run_whole_and_another_by_its_films(finished, tmp_path):
    out = tmp_path / "gallery"
    command = [sys.executable, str(ROOT / "docs" / "make_gallery.py"), "--out", str(out)]
    command += [
        "--results",
        "results",
        "--films",
        "results",
    ]  # as records name files: from the project's folder
    done = subprocess.run(command, cwd=finished.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    assert {"README.md", "report.html"} < names
    assert len([name for name in names if name.endswith(".svg")]) == 3 * len(
        [name for name in names if name.endswith(".webp")]
    )
