"""Make the papers' tables and figures from a group's finished experiments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from video2reward.artifacts.io import atomic_path, write_json, write_text
from video2reward.jobs.script import Script, run_script

if TYPE_CHECKING:
    from video2reward.tables.tables_page import Contents

# Found through the results' layout; declared here so that a change in them makes the tables again.
READ = ("selections", "rollouts", "films", "references", "clips", "motions", "keypoints", "overlays")
RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def main() -> None:
    script = Script(__doc__ or "").input("published", "evaluations", many=True)
    script.input(*READ, "styles", optional=True, many=True).input("template", "preferences", optional=True)
    script.input("physics", optional=True, many=True).output("tables").parse()

    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.tables.bilevel import make_expert_tables
    from video2reward.tables.costs import make_costs
    from video2reward.tables.elsewhere import make_physics_tables
    from video2reward.tables.figures import make_figures
    from video2reward.tables.matrix import make_matrices
    from video2reward.tables.papers import make_tables
    from video2reward.tables.published import read_published
    from video2reward.tables.search import SearchStudy
    from video2reward.tables.search_drawing import search_drawing
    from video2reward.tables.search_words import sentences
    from video2reward.tables.strips import Projector
    from video2reward.tables.study import read_study
    from video2reward.tables.tables_page import Contents
    from video2reward.tables.trails import read_trails
    from video2reward.video.decode import film_pictures

    study = read_study(
        script.params["group"],
        Path(script.params["results"]),
        script.params["experiments"],
        [read_published(path) for path in script.paths("published")],
        script.params["base_seeds"],
    )
    first, second = study.papers
    tables = [*make_tables(study, first), *make_expert_tables(study, second), *make_physics_tables(study)]
    matrices = make_matrices(study)
    figures = make_figures(study, tables, matrices, Projector(film_pictures, typical_agent, FPS))
    contents = Contents(study, tables, matrices, figures, make_costs(study))
    if any(one.variant for one in study.planned):
        search = SearchStudy(study.planned, tuple(read_trails(study.planned, study.results)))
        figures.drawings["search"] = search_drawing(search)
        contents = replace(contents, tables=[search.table, *tables], shown=sentences(search))
    with atomic_path(script.path("tables")) as folder:
        folder.mkdir()
        write_folder(folder, contents, script)
    for line in contents.said:
        print(line)


def write_folder(folder: Path, contents: Contents, script: Script) -> None:
    """Write the tables as CSV, the drawings as SVG, the strips as JPEG, and the page with all of them."""
    from video2reward.tables.sheets import write_costs, write_matrices, write_table
    from video2reward.tables.tables_page import build_page

    for table in contents.tables:
        write_table(folder / f"{table.name}.csv", table)
    write_matrices(folder / "matrix.csv", contents.matrices)
    write_costs(folder / "costs.csv", contents.costs)
    for name, drawing in contents.figures.drawings.items():
        write_text(folder / f"{name}.svg", drawing)
    for figure, strips in contents.figures.strips.items():
        for strip in strips:
            if strip.jpeg:
                path = folder / figure / f"{strip.name}.jpg"
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(strip.jpeg)
    made = script.provenance()
    write_json(folder / "provenance.json", made)
    templates = [RESOURCES / "tables", RESOURCES / "report"]
    write_text(folder / "index.html", build_page(contents, templates, made["versions"]))


if __name__ == "__main__":
    run_script(main)
