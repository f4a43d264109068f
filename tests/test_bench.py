"""The benchmark runs and its engines agree; how fast they are is not for a test to say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench" / "eager.py"


@pytest.mark.slow
def test_the_engines_do_the_same_work():
    """One turn of everything: the losses of four engines agree, or it stops."""
    command = [
        sys.executable,
        str(BENCH),
        "--starts",
        "1",
        "--turns",
        "1",
        "--turn",
        "0",
        "--chain",
        "1000",
    ]
    environment = {**os.environ, "PYTHONPATH": str(BENCH.parents[2])}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment
    )
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 1: a bar was missed
    assert len(re.findall(r"\| (ok|not) +\|", done.stdout)) == 5
