"""What holds when the syntax check does not: it is taken out here, and nothing else."""

import ast
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import pytest
from tests.unit.reward.hostile import HEAD, TEXT, body

from video2reward.reward.compile import RewardError, compile_checked
from video2reward.reward.trial import Trial
from video2reward.settings.evaluation import TrialLimits

UNCHECKED = """
import collections, ctypes, io, itertools, os, resource, signal, socket  # later no module can be loaded
from video2reward.reward import compile, trial_process
compile.check_source = lambda source: []
trial_process.main()
"""
ATTEMPTS = """
found = []
for statement in {statements!r}:
    try:
        exec('import collections, ctypes, io, itertools, os, resource, signal, socket; ' + statement)
        found.append('done')
    except BaseException as error:
        found.append(type(error).__name__ + ': ' + str(error))
raise RuntimeError('found' + repr(found))
"""


@dataclass
class Unchecked(Trial):
    """A trial without the syntax check."""

    command: ClassVar = ("-c", UNCHECKED)


@pytest.fixture
def attack(states_file):
    """Run Python where only a trial's limits hold, as a default argument -> what became of each statement, verdict."""

    def run(*statements, seconds=10, memory_mb=512):
        attempts = ATTEMPTS.format(statements=statements)
        default = (
            f"str(__import__('builtins').exec({attempts!r}, {{'__builtins__': __import__('builtins')}}))"
        )
        code = (
            HEAD.replace("dt: float", f"dt: float, x: str = {default}")
            + "    return base_height, {'h': base_height}\n"
        )
        verdict = Unchecked(TrialLimits(seconds=seconds, memory_mb=memory_mb)).finish(code, states_file)
        found = verdict["message"].partition("found")[2]
        return ast.literal_eval(found) if found else [], verdict

    return run  # fmt: skip


@pytest.fixture
def victim():
    """A process that may be killed."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


@pytest.mark.slow
def test_the_attacks_do_run(attack):
    """Else the tests below would show nothing."""
    outcomes, verdict = attack("1 / 0", "os.getpid()")
    assert outcomes == ["ZeroDivisionError: division by zero", "done"]
    assert verdict["limits"]["system_calls"] == "memory, time and output only"


@pytest.mark.slow
def test_no_file_is_written_made_or_removed(attack, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text("all of it")
    new = str(tmp_path / "new")
    outcomes, _ = attack(
        f"io.open({new!r}, 'w')",
        f"os.mkdir({new!r})",
        f"os.unlink({str(kept)!r})",
        f"os.rename({str(kept)!r}, {new!r})",
        f"os.truncate({str(kept)!r}, 0)",
        f"os.chmod({str(kept)!r}, 0)",
        f"os.symlink('/', {new!r})",
        f"os.mkfifo({new!r})",
        "os.memfd_create('x')",
    )
    assert len(outcomes) == 9 and all("Operation not permitted" in found for found in outcomes), outcomes
    assert kept.read_text() == "all of it" and kept.stat().st_mode & 0o777
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.slow
def test_no_file_is_read_not_even_the_callers_environment(attack, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret")
    (tmp_path / "key").write_text("sk-planted-secret")
    paths = (tmp_path / "key", f"/proc/{os.getpid()}/environ", "/proc/self/environ", "/etc/passwd")
    outcomes, verdict = attack(
        *(f"raise ValueError(io.open({str(path)!r}).read())" for path in paths),
        "raise ValueError(str(dict(os.environ)))",
        "os.listdir('/')",
    )
    assert all("Operation not permitted" in outcomes[i] for i in (0, 1, 2, 3, 5)), outcomes
    assert outcomes[4].startswith("ValueError") and "KEY" not in outcomes[4]
    assert "planted" not in str(verdict)


@pytest.mark.slow
def test_no_process_is_started_or_signalled(attack, victim, tmp_path):
    new = tmp_path / "new"
    outcomes, _ = attack(
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execv('/bin/true', ['true'])",
        f"os.kill({victim.pid}, 9)",
        f"os.kill({os.getppid()}, 0)",
        f"signal.pidfd_send_signal(os.pidfd_open({victim.pid}), 9)",
        f"os.system('touch {new}')",
    )
    assert all("Operation not permitted" in found for found in outcomes[:6]), outcomes
    assert not new.exists() and victim.poll() is None


@pytest.mark.slow
def test_nothing_is_reached_over_the_network(attack):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        outcomes, _ = attack(f"socket.create_connection(('127.0.0.1', {port}))", "socket.socketpair()")
        assert all("Operation not permitted" in found for found in outcomes), outcomes
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.slow
def test_limits_cannot_be_lifted(attack):
    outcomes, _ = attack(
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
        "resource.prlimit(0, resource.RLIMIT_AS, (-1, -1))",
        "signal.setitimer(signal.ITIMER_REAL, 0)",
        "os.setpriority(0, 0, 19)",
        "x = 'x' * 10**10",
        "assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0, 'not permitted'",
    )
    assert all("not " in found or found.startswith("MemoryError") for found in outcomes), outcomes


@pytest.mark.slow
def test_time_is_bounded_even_if_the_alarm_is_ignored(attack):
    for_ever = "collections.deque(itertools.repeat(0), 0)"
    assert "did not finish within 1.5 s" in attack(for_ever, seconds=1.5)[1]["message"]
    deaf = f"signal.signal(signal.SIGALRM, signal.SIG_IGN); {for_ever}"
    assert attack(deaf, seconds=1.5)[1]["status"] == "failed"


@pytest.mark.slow
def test_a_printed_verdict_is_not_taken_for_one(attack):
    forged = '{"status": "ok", "stage": "done"}'
    _, verdict = attack(f"print({forged!r}, flush=True); os._exit(0)")
    assert verdict["status"] == "failed" and verdict["stage"] == "trial"


GRAPHS = {
    "from_file": "r = base_height + torch.from_file('/etc/passwd', False, 1)",
    "save": "torch.save(base_height, 'f')",
    "rand": "r = base_height * torch.rand(1)",
    "bernoulli": "r = torch.bernoulli(base_height)",
    "dropout": "r = torch.nn.functional.dropout(base_height)",
    "manual_seed": "torch.manual_seed(0)",
    "empty": "r = base_height + torch.empty(1)",
    "as_strided": "r = base_height.as_strided([1000], [1])",
    "set_": "base_height.set_(commands)",
    "resize_": "r = base_height.resize_([1000])",
    "prim::Print": "print('a secret')",
    "prim::fork": "r = torch.jit.wait(torch.jit.fork(helper, base_height))",
}


@pytest.mark.parametrize("operator", GRAPHS)
def test_operators_are_known_by_what_the_code_compiles_to(operator):
    code = f"import torch\ndef helper(x: Tensor) -> Tensor:\n    return x\n{body('r = base_height', GRAPHS[operator])}"
    with pytest.raises(RewardError, match="which is not allowed in a reward") as caught:
        compile_checked(code)
    assert operator in str(caught.value)


@pytest.mark.parametrize(
    "call",
    ["torch.load('f')", "torch.hub.load('a', 'b')", "torch.ops.load_library('f')", "base_height.numpy()", "torch.os.getpid()"],
)  # fmt: skip
def test_what_leaves_torch_does_not_compile(call):
    with pytest.raises(RewardError, match="does not compile"):
        compile_checked("import torch\n" + body("r = base_height", call))


@pytest.mark.parametrize("mark", ["\u2028", "\x0c", "\x1c", "\x85", "\x0b"])
def test_a_line_end_that_only_some_readers_know_hides_nothing(mark):
    """What is checked and what TorchScript reads are the same text, whatever counts as a line."""
    hidden = body(f"r = base_height  # {mark}    r = torch.rand(3)")
    padded = f"# {mark * 3}\n" + hidden
    for code in (hidden, padded):
        assert "rand" not in ast.dump(ast.parse(code))
        try:
            reward = compile_checked("import torch\n" + code)
        except RewardError:
            continue
        assert "rand" not in str(reward.function.inlined_graph)
    assert TEXT["line_separator"].stage == "allowlist"
