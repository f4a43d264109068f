"""The process in which a learner's file runs: ``child FILE REPORT [STAGE]``.

It writes what happens into REPORT, a line of JSON each; the process that started it
reads that file, however this one ends.
"""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from .messages import say
from .programs import Program
from .stages import ladder
from .trial import examine, line_of, told


def main(file: str, report: str, until: str | None = None) -> None:
    """Load the file, find its ``Value``, try it."""
    with open(report, "w", encoding="utf-8", buffering=1) as lines:

        def write(event: tuple[Any, ...]) -> None:
            lines.write(json.dumps(event) + "\n")

        def trying(stage: str, program: Program) -> None:
            write(("trying", stage, program))

        try:
            kind = load(file)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit is an end like any other
            write(("unable", told(error), line_of(error, file)))
            return
        if not isinstance(kind, type):
            write(("unable", say("no_class"), 0))
            return
        write(("loaded",))
        examine(kind, ladder(until), write, file, trying)
        write(("done",))


def load(file: str) -> Any:
    """Run a file as a module that is imported, and give its ``Value``, if any."""
    sys.path.insert(0, str(Path(file).parent))  # it may import what lies beside it
    spec = importlib.util.spec_from_file_location("__learner__", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return getattr(module, "Value", None)


if __name__ == "__main__":
    main(*sys.argv[1:])
