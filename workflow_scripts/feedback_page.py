"""Serve a page on this machine on which a person says what is wrong with a round's motion."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from video2reward.artifacts.critique import HEADS
from video2reward.artifacts.job_record import read_job_record
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError
from video2reward.jobs.script import run_script
from video2reward.results.layout import RoundFolder

if TYPE_CHECKING:
    from video2reward.people.critique import RoundShown
    from video2reward.people.rounds import RoundFiles
    from video2reward.report.footage import Footage

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = [ROOT / "resources" / name for name in ("people", "report")]
FILM_BYTES = 8_000_000.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("round", type=Path, nargs="?", help="a round's folder; default: all that wait")
    parser.add_argument("--results", type=Path, default=Path("results"), help="where to look for such rounds")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    args = parser.parse_args()

    from video2reward.llm.manual_provider import write_answer
    from video2reward.people.critique import CritiquePages
    from video2reward.people.desk import serve_pages
    from video2reward.people.rounds import chosen_rounds

    def keep(folder: Path, text: str) -> None:
        kept = RoundFolder(folder)
        write_answer(kept.critique_answer, read_prompt(kept.critique_record).messages, text)
        print(f"wrote {kept.critique_answer}", flush=True)

    rounds = chosen_rounds(args.round, args.results, waits)
    serve_pages(CritiquePages(rounds, show, keep, TEMPLATES), args.port)
    print("run the same command as before: it goes on from here")


def waits(folder: RoundFolder) -> bool:
    """Tell whether the workflow waits for a round's critique by hand."""
    from video2reward.llm.manual_provider import waits_for_answer

    if not folder.critique_record.exists():
        return False
    return waits_for_answer(folder.critique_answer, read_prompt(folder.critique_record).messages)


def show(folder: Path) -> RoundShown:
    """Return what the page about a round shows."""
    from video2reward.critique.answer import read_heads
    from video2reward.llm.manual_provider import written_answer
    from video2reward.people.critique import RoundShown
    from video2reward.people.rounds import round_files
    from video2reward.report.films import make_film
    from video2reward.report.player import make_player
    from video2reward.report.scores import scores
    from write_loop_page import film_workshop

    one = RoundFolder(folder)
    prompt = read_prompt(one.critique_record)
    if not prompt.messages:
        raise UserError(f"{folder}: no policy could be recorded, so there is nothing to judge")
    files = round_files(folder, [*read_job_record(one.record("show_motion")).inputs])
    scene = footage(files, one.rollout, one.film)
    film = make_film(scene, film_workshop(), FILM_BYTES)
    judged = SimpleNamespace(
        evaluation=files.evaluation(read_selection(one.selection).best), base=files.base_evaluation()
    )
    before = written_answer(one.critique_answer)
    heads = read_heads(before) if before else None
    in_phase = film is not None and film.pairing is not None and film.pairing.in_phase
    return RoundShown(
        round=folder,
        title=f"{files.experiment.path.name}, {folder.parent.name}, round {one.n}",
        asked=prompt.text,
        player=make_player(film, scene) if film else None,
        scores=scores(judged),
        phase=[round(float(phase) % 1, 3) for phase in film.phase] if film and in_phase else [],
        answer={key: "\n".join(heads[key]) for key in HEADS} if heads else {"problems": before.strip()},
    )


def footage(files: RoundFiles, rollout: Path, film: Path) -> Footage:
    """Return what a robot's film shows beside the round's clip."""
    from video2reward.artifacts.motion import read_motion
    from video2reward.artifacts.reference import read_reference
    from video2reward.artifacts.rollout import read_rollout
    from video2reward.report.footage import Footage

    clip, recorded = files.video, read_rollout(rollout)
    return Footage(
        str(clip.video),
        recorded.robot,
        read_motion(clip.motion),
        read_reference(files.experiment.reference),
        recorded,
        clip.overlay,
        film,
    )


if __name__ == "__main__":
    run_script(main)
