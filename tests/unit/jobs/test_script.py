import errno
import json
import threading

import pytest

from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script


def parse(monkeypatch, script, *arguments):
    monkeypatch.setattr("sys.argv", ["x.py", *map(str, arguments)])
    return script.parse()


def test_arguments_become_paths_and_provenance(tmp_path, monkeypatch):
    (tmp_path / "in").write_text("1")
    script = (
        Script("x").input("first-file").input("many", many=True).input("none", optional=True).output("out")
    )
    script = parse(
        monkeypatch, script, "--first-file", tmp_path / "in", "--many", tmp_path / "in", tmp_path / "in",
        "--out", tmp_path / "out", "--params", json.dumps({"a": 1}), "--code", "abc",
    )  # fmt: skip
    assert script.path("first-file") == tmp_path / "in"
    record = script.provenance()
    assert record["parameters"] == {"a": 1}
    assert record["code"] == "abc"
    assert set(record["inputs"]) == {"first-file", "many", "many1"}


def test_a_missing_input_is_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"--video .*gone\.mp4 does not exist"):
        parse(monkeypatch, Script("x").input("video"), "--video", tmp_path / "gone.mp4")


def test_user_errors_end_with_one_line_and_status_1(capsys):
    def main():
        raise UserError("the file is empty")

    with pytest.raises(SystemExit) as end:
        run_script(main)
    assert end.value.code == 1
    assert capsys.readouterr().err == "error: the file is empty\n"


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, "x", "out.h5"), RuntimeError("h5py: errno = 28, x")])
def test_a_full_disk_ends_with_one_line(capsys, end):
    def main():
        raise end

    with pytest.raises(SystemExit) as ended:
        run_script(main)
    assert ended.value.code == 1
    shown = capsys.readouterr().err
    assert shown.startswith("error: no space left on the disk")
    assert shown.count("\n") == 1


def test_ctrl_c_ends_with_one_line(capsys):
    def main():
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        run_script(main)
    assert ended.value.code == 130
    assert "the same command continues" in capsys.readouterr().err


def test_other_errors_stay_what_they_are():
    def main():
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run_script(main)


def test_a_thread_on_a_full_disk_says_so_in_one_line(capsys, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)

    def write():
        raise OSError(errno.ENOSPC, "x", "events")

    def main():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()

    run_script(main)
    assert capsys.readouterr().err.startswith("warning: no space left on the disk")
