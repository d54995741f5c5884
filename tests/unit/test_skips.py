"""CI's last word: what was skipped, and that nothing was which this machine can run."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests import skips

ROOT = Path(__file__).resolve().parents[2]
RUN = "import pytest\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_it(n):\n    pytest.skip('no Chromium here (apt install chromium)')\n"


@pytest.fixture
def browsers(monkeypatch):
    """Say whether there is a browser."""

    def there(is_there):
        kinds = [
            dataclasses.replace(k, possible=lambda: is_there) if "browser" in k.why else k
            for k in skips.KINDS
        ]
        monkeypatch.setattr(skips, "KINDS", tuple(kinds))

    return there


def test_what_cannot_run_here_may_be_skipped(browsers):
    browsers(False)
    said = [("tests/workflow/test_a.py", "no browser found")] * 3 + [
        ("tests/unit/b.py", "V2R_LOCAL_DATA has no mocap")
    ]
    found, fine = skips.lines(said)
    assert fine and [line.split()[0] for line in found] == ["3", "1"] and "ERROR" not in "".join(found)


def test_what_can_run_here_may_not(browsers):
    browsers(True)
    found, fine = skips.lines([("tests/workflow/test_a.py", "no browser found")])
    assert not fine and "this machine can run it" in found[0]


def test_a_reason_that_nobody_allowed_is_an_error():
    found, fine = skips.lines([("tests/unit/test_a.py", "could not import 'yt_dlp'")])
    assert not fine and "not in tests/skips.py: tests/unit/test_a.py: could not import 'yt_dlp'" in found[0]


@pytest.mark.parametrize("processes", ["0", "2"])
@pytest.mark.slow
def test_a_test_run_writes_down_what_it_skipped_and_still_ends_with_pytests_line(tmp_path, processes):
    (tmp_path / "test_made.py").write_text(RUN)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    record = tmp_path / "skips"
    command = [sys.executable, "-m", "pytest", "-n", processes, "-p", "no:cacheprovider", str(tmp_path)]
    path = os.pathsep.join(str(ROOT / folder) for folder in ("workflow_scripts", "benchmarks", "."))
    environment = {**os.environ, "V2R_SKIPS": str(record), "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert "2 skipped in" in (done.stdout.splitlines() or [""])[-1], done.stdout + done.stderr
    assert len(record.read_text().splitlines()) == 2


def test_a_record_that_was_not_written_is_an_empty_one(tmp_path, capsys):
    assert skips.main(tmp_path / "none") == 0
    assert capsys.readouterr().out == "== skipped, and why:\n    0  nothing\n"
