"""What stands in for packages that are not installed, in a process of its own: it changes how imports work."""

import subprocess
import sys
import textwrap
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[4] / "workflow_scripts"


def run(code, *folders):
    head = f"import sys; sys.path[:0] = {[str(LIBRARY), *map(str, folders)]!r}\n"
    head += "from video2reward.keypoints.mmpose.stand_ins import allow_imports\n"
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_imports_pass_and_calls_say_what_is_missing():
    said = run(
        """
        allow_imports(); allow_imports()
        from xtcocotools.coco import COCO
        import xtcocotools.mask as mask
        class Mine(COCO): pass
        for use in (Mine, lambda: mask.decode([1])):
            try: use()
            except RuntimeError as error: print(error)
        """
    )
    assert "xtcocotools.coco.COCO was called, but xtcocotools is not installed" in said
    assert "xtcocotools.mask.decode was called" in said


def test_what_is_installed_is_used_itself(tmp_path):
    (tmp_path / "xtcocotools").mkdir()
    (tmp_path / "xtcocotools" / "__init__.py").write_text("")
    (tmp_path / "xtcocotools" / "coco.py").write_text("COCO = 42\n")
    assert run("allow_imports()\nfrom xtcocotools.coco import COCO\nprint(COCO)", tmp_path) == "42"


def test_other_packages_are_missing_as_ever():
    code = """
        allow_imports()
        try: import xtcocotools_extra
        except ModuleNotFoundError as error: print(error)
        """
    assert run(code) == "No module named 'xtcocotools_extra'"
