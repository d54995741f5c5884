"""Create a pose backend's own Python environment; the marker is written once it is complete and works."""

from __future__ import annotations

from video2reward.artifacts.io import write_json
from video2reward.jobs.environments import create_environment
from video2reward.jobs.script import Script, run_script


def main() -> None:
    script = Script(__doc__ or "").input("requirements").output("marker").parse()
    environment = script.path("marker").with_suffix("")
    made = create_environment(script.path("requirements"), environment)
    write_json(script.path("marker"), {**made, "provenance": script.provenance()})
    print(f"{environment}: {len(made['versions'])} packages, ready")


if __name__ == "__main__":
    run_script(main)
