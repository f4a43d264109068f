"""The benchmark of compiled programs runs, and its engines agree; how fast they are is not for a test to say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench" / "compiled.py"
ROOT = BENCH.parents[2]


@pytest.mark.slow
def test_the_engines_take_the_same_steps() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        str(BENCH),
        "--rounds",
        "1",
        "--turn",
        "0.001",
        "fori_loop",
        "10,000",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment
    )
    assert done.stderr == ""
    # two of the loop under JAX, one of the irregular graph, two of the deep one
    assert len(re.findall(r"\| (?:ok|not) +\|\n", done.stdout)) == 5
    assert "Error" not in done.stdout
