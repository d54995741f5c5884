import subprocess
import sys
from types import SimpleNamespace

from video2reward.submission import PLUGIN, withhold


def test_what_is_submitted_inherits_everything_but_the_keys(monkeypatch):
    monkeypatch.setenv("FIRST_KEY", "sk-1")
    monkeypatch.setenv("SECOND_KEY", "sk-2")
    monkeypatch.setenv("NOT_SECRET", "yes")
    plugin = SimpleNamespace(get_submit_command=lambda job, params: f"env --null {params}; #{job}")
    monkeypatch.setitem(sys.modules, PLUGIN, plugin)
    withhold(["FIRST_KEY"])
    withhold(["FIRST_KEY", "SECOND_KEY"])  # a Snakefile may be read twice in one process
    command = plugin.get_submit_command("a job", params="")
    assert command.count("unset=FIRST_KEY") == 1
    inherited = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
    assert "sk-" not in inherited
    assert "NOT_SECRET=yes" in inherited


def test_without_slurm_nothing_is_touched(monkeypatch):
    monkeypatch.delitem(sys.modules, PLUGIN, raising=False)
    withhold(["FIRST_KEY"])
    assert PLUGIN not in sys.modules
