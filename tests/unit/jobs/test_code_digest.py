import shutil

import pytest

from video2reward.jobs import code_digest as module
from video2reward.jobs.code_digest import code_digest
from video2reward.registry import COMPLETION_PROVIDERS, REPAIRERS


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the real library and scripts that a test may edit."""
    shutil.copytree(module.SCRIPTS, tmp_path / "workflow_scripts", dirs_exist_ok=True)
    monkeypatch.setattr(module, "SCRIPTS", tmp_path / "workflow_scripts")
    return tmp_path / "workflow_scripts"


def digest_after(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    for cached in (module._tree, module._imports, module._digest):
        cached.cache_clear()


def test_comment_and_docstring_change_nothing(project):
    before = code_digest("describe_motion")
    io = project / "video2reward" / "artifacts" / "io.py"
    digest_after(
        io, '"""Write a table with a header line, atomically."""', '"""Another sentence."""\n    # a comment'
    )
    assert code_digest("describe_motion") == before


@pytest.mark.slow
def test_changed_function_changes_the_stages_that_reach_it(project):
    before = {name: code_digest(name) for name in ("describe_motion", "select_policy")}
    digest_after(
        project / "video2reward" / "motion" / "retarget.py",
        "import numpy as np",
        "import numpy as np\n\nCHANGED = 1",
    )
    after = {name: code_digest(name) for name in before}
    assert after == before
    assert code_digest("retarget_motion") != ""
    digest_after(
        project / "video2reward" / "artifacts" / "io.py",
        "sha.update(piece)",
        "sha.update(piece + b'')",
    )
    changed = {name for name in before if code_digest(name) != before[name]}
    assert changed == set(before)


def test_retargeting_alone_reaches_retarget(project):
    before = code_digest("retarget_motion")
    digest_after(
        project / "video2reward" / "motion" / "retarget.py",
        "import numpy as np",
        "import numpy as np\n\nCHANGED = 1",
    )
    assert code_digest("retarget_motion") != before


def test_registry_entry_counts_where_it_is_selected():
    plain = code_digest("estimate_keypoints")
    markers = code_digest("estimate_keypoints", ["video2reward.keypoints.markers.backend"])
    mediapipe = code_digest("estimate_keypoints", ["video2reward.keypoints.mediapipe.backend"])
    assert len({plain, markers, mediapipe}) == 3


def test_a_module_run_in_its_own_process_counts(project):
    before = code_digest("render_film")
    path = project / "video2reward" / "rollout" / "render.py"
    digest_after(path, "import numpy as np", "import numpy as np\n\nCHANGED = 1")
    assert code_digest("render_film") != before


def test_how_candidates_are_repaired_counts_where_they_can_be():
    assert not [name for name in module.code_modules("extract_reward") if ".llm." in name]
    chosen = [REPAIRERS.module("ask"), COMPLETION_PROVIDERS.module("openai")]
    reached = module.code_modules("extract_reward", chosen)
    assert {
        f"video2reward.llm.{name}" for name in ("repair", "ask", "budget", "store", "openai_provider")
    } <= set(reached)
