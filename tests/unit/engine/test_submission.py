import subprocess
import sys
from types import SimpleNamespace

from video2reward.engine.submission import PLUGIN, avoid_broken_gpus, withhold


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


def test_jobs_that_want_a_gpu_avoid_nodes_where_none_answers(monkeypatch, tmp_path, capsys):
    def command(job, params, settings=None, failed_nodes=None):
        return f"sbatch {params} {sorted(failed_nodes)}"

    plugin = SimpleNamespace(get_submit_command=command)
    monkeypatch.setitem(sys.modules, PLUGIN, plugin)
    avoid_broken_gpus(tmp_path)
    withhold(["A_KEY"])
    avoid_broken_gpus(tmp_path)
    wants, needs_none = (SimpleNamespace(resources=asked) for asked in ({"gpu": 1}, {"gpu": 0}))
    assert (
        plugin.get_submit_command(wants, params="p", failed_nodes={"n3"})
        == "env --unset=A_KEY sbatch p ['n3']"
    )
    (tmp_path / ".runs" / "gpus").mkdir(parents=True)
    (tmp_path / ".runs" / "gpus" / "n1").write_text("GPU is lost")
    for _ in range(2):
        assert plugin.get_submit_command(wants, "p", failed_nodes={"n3"}).endswith("sbatch p ['n1', 'n3']")
    assert plugin.get_submit_command(needs_none, "p").endswith("sbatch p []")
    said = capsys.readouterr().err
    assert said == "warning: the GPU of node n1 does not answer (GPU is lost); jobs avoid it\n"


def test_without_slurm_nothing_is_touched(monkeypatch):
    monkeypatch.delitem(sys.modules, PLUGIN, raising=False)
    withhold(["FIRST_KEY"])
    assert PLUGIN not in sys.modules
