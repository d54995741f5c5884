"""A robot whose model is made of several files: each is an input of all that reads the robot."""

import re
import shutil

from tests.workflow.conftest import Workflow, copy_project

SCENE = '<mujoco><include file="parts/anymal_c.xml"/><worldbody><geom name="floor" type="plane" size="0 0 1"/></worldbody></mujoco>'


def test_included_files_are_inputs(tmp_path):
    copy_project(tmp_path)
    folder = tmp_path / "resources" / "robots" / "in_a_scene"
    shutil.copytree(tmp_path / "resources" / "robots" / "anymal_c", folder)
    (folder / "parts").mkdir()
    (folder / "anymal_c.xml").rename(folder / "parts" / "anymal_c.xml")
    (folder / "scene.xml").write_text(SCENE)
    text = (folder / "robot.yaml").read_text()
    text = text.replace("name: anymal_c", "name: in_a_scene").replace("mjcf: anymal_c.xml", "mjcf: scene.xml")
    (folder / "robot.yaml").write_text(text)
    flow = Workflow(tmp_path, tmp_path)
    config = ("--config", "experiments=[]", "video=dog_amble", "robot=in_a_scene", "method=template")
    run = flow("--dry-run", "--quiet", "host", *config)
    assert run.status == 0, run.output[-3000:]
    reading = {
        found[1]
        for found in re.finditer(r"rule (\w+):\n    input: (.*)", run.output)
        if "robots/in_a_scene/scene.xml" in found[2] and "robots/in_a_scene/parts/anymal_c.xml" in found[2]
    }
    assert reading == {
        "train_base", "retarget_motion", "sample_states", "make_known_states", "train_policy", "evaluate_policy", "evaluate_base", "evaluate_best",
        "record_rollout", "render_film", "compare_motion", "finish",
    }  # fmt: skip
    (folder / "parts" / "anymal_c.xml").write_text("<mujoco><")
    run = flow("--dry-run", *config)
    assert run.status != 0 and "anymal_c.xml is not valid XML" in run.output and "Traceback" not in run.output
