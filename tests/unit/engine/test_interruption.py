"""Ctrl-C ends Snakemake with a sentence, not with tracebacks and errors of the jobs that it stopped."""

import os
import subprocess
import sys
from pathlib import Path

from video2reward.engine.interruption import SENTENCE

LIBRARY = Path(__file__).resolve().parents[3] / "workflow_scripts"
SNAKEMAKE = """
import logging, os, signal
from video2reward.engine.interruption import Interruption
interruption = Interruption()
logger = logging.getLogger("snakemake.logging")
logger.addHandler(logging.StreamHandler())
logger.error("a job failed")
{then}
print("goes on", interruption.came)
"""
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"


def run(then, before=None):
    return subprocess.run(
        [sys.executable, "-c", SNAKEMAKE.format(then=then)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
    )


def test_it_ends_with_a_sentence():
    done = run(INTERRUPT)
    assert done.returncode != 0
    assert done.stderr == f"a job failed\n{SENTENCE}\n"


def test_jobs_that_it_stopped_are_no_errors():
    done = run(
        f"try: {INTERRUPT}\nexcept KeyboardInterrupt: logger.error('job 3 failed'); logger.info('shutting down')"
    )
    assert "goes on True" in done.stdout
    assert "job 3" not in done.stderr


def test_a_second_one_ends_the_jobs_and_nothing_else():
    done = run(
        f"try: {INTERRUPT}\nexcept KeyboardInterrupt: pass\n"
        "import subprocess; from video2reward.jobs.lifeline import VARIABLE, this_process\n"
        "job = subprocess.Popen(['sleep', '60'], env={**os.environ, VARIABLE: str(this_process())})\n"
        "import time; time.sleep(0.5)\n"
        f"{INTERRUPT}; print('job', job.wait())"
    )
    assert "job -9\ngoes on True" in done.stdout
    assert "Traceback" not in done.stderr


def test_other_errors_keep_their_traceback():
    done = run("raise ValueError('x')")
    assert "Traceback" in done.stderr
    assert "ValueError: x" in done.stderr


def test_in_the_background_it_stays_ignored():
    done = run(INTERRUPT, before=lambda: __import__("signal").signal(2, __import__("signal").SIG_IGN))
    assert "goes on False" in done.stdout
