"""A stranger finds it: each question is answered by the path one would guess, and what is looked for stands there."""

import ast
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import micrograd_kr as mk
from micrograd_kr.course.reference import rooms
from micrograd_kr.engine import FUNCTIONS

PACKAGE = Path(mk.__file__).parent

QUESTIONS = {
    "the derivative of tanh": ("engine/ops.py", "OPS"),
    "backpropagation": ("engine/value.py", "Value.backward"),
    "what switches recording off": ("engine/no_grad.py", "no_grad"),
    "a gradient of a gradient": ("engine/gradients.py", "grad"),
    "what draws a graph": ("picture/draw.py", "draw"),
    "what is written in a node": ("picture/words.py", "Words.node"),
    "the text of a step": ("stepper/sentences.py", "Sentences"),
    "one step at a time": ("stepper/stepper.py", "Stepper.next"),
    "what writes the step page": ("pages/page.py", "page"),
    "Adam": ("nn/optim.py", "Adam"),
    "the loss of a classifier": ("nn/losses.py", "cross_entropy"),
    "a neuron": ("nn/modules.py", "Neuron"),
    "the training loop": ("training/fit.py", "fit"),
    "two moons": ("training/data.py", "make_moons"),
    "an expression typed at the command line": ("cli/expression.py", "read"),
    "a rewrite rule of the compiler": ("compiler/simplify.py", "ROWS"),
    "a network for PyTorch": ("export/torch.py", "to_torch"),
    "은 or 는 behind a word": ("text/korean.py", "Word"),
    "what to type when a library is missing": ("text/extras.py", "install_command"),
}


def defined(body: list[ast.stmt]) -> set[str]:
    """The names that a file defines; of a class ``Class.method`` too."""
    names = set()
    for node in body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{method}" for method in defined(node.body)}
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_stands_where_one_looks(question: str) -> None:
    path, name = QUESTIONS[question]
    tree = ast.parse((PACKAGE / path).read_text("utf-8"))
    assert name in defined(tree.body)


def test_the_derivative_of_tanh_is_a_row_of_text() -> None:
    rows = (PACKAGE / "engine" / "ops.py").read_text("utf-8").splitlines()
    [row] = [row for row in rows if '"tanh(x)"' in row]
    assert "1 - out * out" in row


def test_dependency_groups_name_the_extras() -> None:
    """What a contributor needs is said once: `--group dev` asks for what `.[test]` and `.[lint]` bring."""
    told = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    groups, extras = told["dependency-groups"], told["project"]
    needs = [need for group in groups.values() for need in group]
    assert {n["include-group"] for n in needs if isinstance(n, dict)} <= set(groups)
    for need in [Requirement(need) for need in needs if isinstance(need, str)]:
        assert need.name == extras["name"]
        assert need.extras <= set(extras["optional-dependencies"])


def test_the_docstring_is_a_map_of_the_rooms_and_names() -> None:
    doc = mk.__doc__ or ""
    table = doc[doc.index("====") :]
    told = {line.split("``")[1] for line in table.splitlines() if "``" in line}
    assert told == set(rooms())
    missing = {"Edge", "Op", "as_value", "one_hot", *FUNCTIONS}  # for who asks further
    assert [n for n in mk.__all__ if n not in missing and f"`{n}`" not in table] == []


def test_dir_is_a_map_too_and_leads_there() -> None:
    shown = [name for name in dir(mk) if not name.startswith("_")]
    assert set(shown) == {*mk.__all__, "compile", *FUNCTIONS, *rooms()}
    assert all(getattr(mk, name) is not None for name in shown)


def test_import_star_leaves_python_s_own_names_alone() -> None:
    assert "compile" not in mk.__all__
    assert {"micrograd_kr", "Any", "TYPE_CHECKING"} & set(dir(mk)) == set()
