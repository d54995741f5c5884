"""Write the prompt: reference.h5, motion.h5 and the last round's feedback -> prompt.txt, prompt.json."""

import ast
import importlib.util
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.io import read_json
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.parent import read_parent
from video2reward.artifacts.prompt import write_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.tuning import read_tuning
from video2reward.critique.base import JudgedRound
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.prompt.build import Ingredients
from video2reward.prompt.crossover import build_crossover
from video2reward.prompt.environment import Words
from video2reward.prompt.feedback_text import Round, normalised
from video2reward.prompt.length import Window, prompt_tokens
from video2reward.prompt.tuning_text import tuning_sections
from video2reward.registry import FEEDBACK_SOURCES, TASKS
from video2reward.robots.terrain import terrain_in_words
from video2reward.settings.method import Method
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.validation import read_yaml, validate
from video2reward.settings.wish import Wish
from video2reward.sim.control import CONTROLS

TOLD = ("feedback", "critique", "reward")  # of a round, to the next prompt
RESOURCES = Path(__file__).resolve().parents[1] / "resources"


def main() -> None:
    script = Script(__doc__ or "").input("reference", "motion", "robot")
    script.input("parent", *TOLD, "tuning", *(f"second-{name}" for name in TOLD), optional=True)
    script.input("templates", optional=True, many=True).output("prompt", "record").parse()
    method = Method(**script.params["method"])
    task = Task(**script.params["task"])
    reference, shown = read_reference(script.path("reference")), parents(script)
    given = Ingredients(
        reference=reference,
        motion=read_motion(script.path("motion")),
        robot=validate(Robot, read_yaml(script.path("robot")), script.path("robot")),
        method=method,
        task=task,
        words=words_of(task, reference.speed),
        iteration=int(script.params["iteration"]),
        task_source=task_source(task.name) if "environment" in method.prompt else "",
        last=None if shown == [] else last_round(script, method),
        wish=Wish(**script.params["wish"]) if "wish" in script.params else None,
    )
    window = Window(*(int(script.params["llm"][name]) for name in ("context_tokens", "max_tokens")))
    second = last_round(script, method, "second-")
    prompt = build_crossover(given, second, RESOURCES / "prompts", window)
    if shown is not None:
        prompt = replace(prompt, facts=prompt.facts | {"parents": shown})
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
        CONTROLS[task.actions].words,
        logic.commands_in_words(task, speed),
        logic.one_command,
        described,
        terrain_in_words(*task.ground),
    )


def parents(script: Script) -> list[int] | None:
    """Return the numbers of the rounds that the prompt shows, none of a fresh start; None in a greedy search."""
    if script.args.parent is None:
        known: list[int] | None = script.params.get("parents")
        return known
    chosen = read_parent(script.path("parent")).parent
    return [] if chosen is None else [chosen]


def last_round(script: Script, method: Method, which: str = "") -> Round | None:
    """Return the results of the previous round, with what the method's sources say; None in the first.

    which: "second-" for those of a crossover's second parent, None where there is none
    """

    def given(name: str) -> Path | None:
        path: Path | None = getattr(script.args, f"{which}{name}".replace("-", "_"))
        return path

    feedback, critique, reward = (given(name) for name in TOLD)
    if feedback is None:
        return None
    measured = read_json(feedback)
    judged = JudgedRound(measured, read_critique(critique) if critique is not None else None)
    sections: dict[str, list[str]] = {}
    for name in dict.fromkeys(["measured", *method.sources]):  # always measured: why all candidates failed
        sections |= FEEDBACK_SOURCES.load(name)().sections(judged)
    if script.args.tuning is not None and not which:
        sections |= tuning_sections(read_tuning(script.path("tuning")))
    source = reward.read_text(encoding="utf-8") if reward is not None else ""
    return Round({**measured, "sections": sections}, normalised(source))


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
