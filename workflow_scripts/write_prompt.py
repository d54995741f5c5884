"""Write the prompt: reference.h5, motion.h5 and the last round's feedback -> prompt.txt, prompt.json."""

import ast
import importlib.util
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.io import read_json
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.prompt import write_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.critique.base import JudgedRound
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.environment import Words
from video2reward.prompt.feedback_text import Round, normalised
from video2reward.prompt.length import Window, prompt_tokens
from video2reward.registry import FEEDBACK_SOURCES, TASKS
from video2reward.settings.method import Method
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.validation import read_yaml, validate
from video2reward.sim.control import CONTROLS

RESOURCES = Path(__file__).resolve().parents[1] / "resources"


def main() -> None:
    script = Script(__doc__ or "").input("reference", "motion", "robot")
    script.input("feedback", "critique", "reward", optional=True).input("templates", optional=True, many=True)
    script.output("prompt", "record").parse()
    method = Method(**script.params["method"])
    task = Task(**script.params["task"])
    reference = read_reference(script.path("reference"))
    given = Ingredients(
        reference=reference,
        motion=read_motion(script.path("motion")),
        robot=validate(Robot, read_yaml(script.path("robot")), script.path("robot")),
        method=method,
        task=task,
        words=words_of(task, reference.speed),
        iteration=int(script.params["iteration"]),
        task_source=task_source(task.name) if "environment" in method.prompt else "",
        last=last_round(script, method),
    )
    window = Window(*(int(script.params["llm"][name]) for name in ("context_tokens", "max_tokens")))
    prompt = build_prompt(given, RESOURCES / "prompts", window)
    write_prompt(
        script.path("prompt"), script.path("record"), replace(prompt, provenance=script.provenance())
    )
    print(
        f"{script.path('prompt')}: {len(prompt.messages)} messages, {len(prompt.text)} characters, up to "
        f"{prompt_tokens(prompt.messages)} tokens of {window.room}"
    )
    if left_out := prompt.facts["shortened"]:
        print(f"shortened to fit into llm.context_tokens = {window.context}: {'; '.join(left_out)}")


def words_of(task: Task, speed: float) -> Words:
    """Return the control's and the task's own words; speed: the clip's on the robot, m/s."""
    logic = TASKS.load(task.name)
    described = getattr(logic, "description", "")
    return Words(
        CONTROLS[task.actions].words, logic.commands_in_words(task, speed), logic.one_command, described
    )


def last_round(script: Script, method: Method) -> Round | None:
    """Return the results of the previous round, with what the method's sources say; None in the first."""
    if script.args.feedback is None:
        return None
    reward = script.path("reward").read_text(encoding="utf-8") if script.args.reward is not None else ""
    measured = read_json(script.path("feedback"))
    critique = read_critique(script.path("critique")) if script.args.critique is not None else None
    judged = JudgedRound(measured, critique)
    sections: dict[str, list[str]] = {}
    for name in dict.fromkeys(["measured", *method.sources]):  # always measured: why all candidates failed
        sections |= FEEDBACK_SOURCES.load(name)().sections(judged)
    return Round({**measured, "sections": sections}, normalised(reward))


def task_source(name: str) -> str:
    """Return the task module's code without comments and imports, read from its file without importing it."""
    found = importlib.util.find_spec(TASKS.module(name))
    if found is None or found.origin is None:
        raise UserError(f"the task {name!r} has no source file")
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    # Module names say nothing about the task, and a moved module must not change the prompt.
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return ast.unparse(tree)


if __name__ == "__main__":
    run_script(main)
