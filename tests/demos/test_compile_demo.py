"""The demo of the compiler: what it prints and writes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_writes_a_program_that_runs(tmp_path: Path) -> None:
    demo = ROOT / "demos" / "scalars_to_matrices.py"
    command = [sys.executable, str(demo), "--steps", "3", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "def program(theta, X, y):" in done.stdout
    names: dict[str, object] = {}
    exec((tmp_path / "moons_program.py").read_text(encoding="utf-8"), names)
    assert callable(names["program"])
    assert (tmp_path / "scalars_to_matrices.png").stat().st_size > 10_000
