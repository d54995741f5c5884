import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from video2reward.errors import UserError
from video2reward.jobs.environments import RUNNING, create_environment, find_python

SCRIPT = Path(__file__).parents[3] / "workflow_scripts" / "create_environment.py"


def wheel(folder, name, requires=""):
    """Write a wheel of one module that holds one number."""
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "ANSWER = 42\n")
        info = f"{name}-1.0.dist-info"
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


def requirements(folder, *lines):
    """A requirements file that looks for wheels in `folder` alone."""
    path = folder / "needs.txt"
    path.write_text("\n".join(["--no-index", f"--find-links {folder}", *lines]) + "\n")
    return path


@pytest.mark.slow
def test_an_environment_is_made_completed_and_described(tmp_path):
    wheel(tmp_path, "tiny_answer", requires="never-needed")
    needs = requirements(
        tmp_path, "# verify: import tiny_answer; assert tiny_answer.ANSWER == 42", "tiny-answer==1.0"
    )
    folder, marker = tmp_path / "env", tmp_path / "env.json"
    command = [
        sys.executable,
        str(SCRIPT),
        "--requirements",
        needs,
        "--marker",
        marker,
    ]
    for _ in range(2):  # the second time there is nothing to do
        subprocess.run(command, check=True)
        made = json.loads(marker.read_text())
        assert made["versions"]["tiny_answer"] == "1.0"
        assert "never-needed" not in made["versions"]
        answer = subprocess.run(
            [made["python"], "-c", "import tiny_answer; print(tiny_answer.__file__)"], capture_output=True
        )
        assert str(folder) in answer.stdout.decode()
        marker.unlink()
    next(folder.glob("lib/*/site-packages/tiny_answer.py")).unlink()  # broken off: pip believes it is there
    assert create_environment(needs, folder)["versions"]["tiny_answer"] == "1.0"
    assert list(folder.glob("lib/*/site-packages/tiny_answer.py"))


@pytest.mark.slow
def test_dependencies_are_installed_where_the_file_says_so_and_in_its_versions(tmp_path):
    wheel(tmp_path, "tiny_answer", requires="tiny-question")
    wheel(tmp_path, "tiny_question", requires="tiny-doubt")
    wheel(tmp_path, "tiny_doubt")
    wheel(tmp_path, "lonely", requires="never-needed")
    needs = requirements(
        tmp_path,
        "# with dependencies: tiny-answer",
        "# verify: import tiny_doubt, lonely; from video2reward.errors import UserError",
        "tiny-answer==1.0",
        "lonely==1.0",
    )
    versions = create_environment(needs, tmp_path / "env")["versions"]
    assert {"tiny_answer", "tiny_question", "tiny_doubt", "lonely"} <= set(versions)
    assert "video2reward" not in versions
    needs.write_text(needs.read_text() + "tiny-doubt==2.0\n")
    with pytest.raises(UserError, match="cannot install .*conflicting dependencies"):
        create_environment(needs, tmp_path / "env")


@pytest.mark.slow
def test_what_does_not_import_is_an_error(tmp_path):
    wheel(tmp_path, "tiny_answer")
    needs = requirements(tmp_path, "# verify: import something_else", "tiny-answer==1.0")
    with pytest.raises(
        UserError, match=r"env does not work: ModuleNotFoundError.*something_else.*; check .*needs.txt"
    ):
        create_environment(needs, tmp_path / "env")


@pytest.mark.slow
def test_pips_message_is_passed_on_and_no_marker_is_left(tmp_path):
    needs = requirements(tmp_path, "no-such-package==9")
    command = [sys.executable, str(SCRIPT), "--requirements", needs]
    done = subprocess.run([*command, "--marker", tmp_path / "env.json"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot install")
    assert "No matching distribution found for no-such-package==9" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "env.json").exists()


def test_a_folder_that_cannot_hold_an_environment(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot create the environment"):
        create_environment(requirements(tmp_path), tmp_path / "file" / "env")


def on_the_path(folder, name, lines):
    """Put a program on a path of its own."""
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n" + lines)
    program.chmod(0o755)


def test_the_running_python_is_taken_where_it_is_suitable(tmp_path):
    for lines in ([], [f"# python: 3.1 {RUNNING}"]):
        assert find_python(requirements(tmp_path, *lines)) == (sys.executable, RUNNING)


@pytest.fixture
def older(tmp_path, monkeypatch):
    """Requirements that the running Python is too new for: this one as if it were 3.99, beside what is on the path."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("video2reward.jobs.environments.RUNNING", "3.99")
    return requirements(tmp_path, f"# python: 3.1 {RUNNING}")


@pytest.mark.slow
def test_another_python_on_the_path_makes_the_environment(older, tmp_path):
    on_the_path(tmp_path, "python3.1", "exit 127")  # as a shim does that has no interpreter behind it
    on_the_path(tmp_path, f"python{RUNNING}", f'exec {sys.executable} "$@"')
    python, version = find_python(older)
    assert (os.path.realpath(python), version) == (os.path.realpath(sys.executable), RUNNING)
    made = create_environment(older, tmp_path / "env")
    asked = [made["python"], "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    assert subprocess.run(asked, capture_output=True, text=True).stdout.strip() == RUNNING


def test_uv_is_asked_where_none_is_on_the_path(older, tmp_path):
    on_the_path(tmp_path, "uv", f'[ "$5" = {RUNNING} ] || exit 2; shift 6; exec {sys.executable} "$@"')
    assert find_python(older)[1] == RUNNING


def test_a_python_of_another_version_than_its_name_is_passed_over(older, tmp_path):
    on_the_path(tmp_path, "python3.1", f'exec {sys.executable} "$@"')
    with pytest.raises(
        UserError, match=rf"needs.txt needs Python 3.1 or {RUNNING} and this is 3.99: install one.*or uv"
    ):
        find_python(older)
