"""The architecture, held by reading the source: who may import whom, what stands where."""

import ast
import builtins
import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd_kr as mk
from micrograd_kr import OPS

PACKAGE = Path(mk.__file__).parent
FILES = sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py"))
TREES = {name: ast.parse((PACKAGE / name).read_text("utf-8")) for name in FILES}
every_file = pytest.mark.parametrize("name", FILES)

# From the ground up. A room knows the floors below its own, and on its own nobody else.
FLOORS = [
    ["text"],
    ["engine"],
    ["picture"],
    ["nn"],
    ["compiler", "export", "pages"],
    ["stepper"],
    ["training"],
    ["course", "practice"],
    ["cli"],
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
PYTHON_ALONE = ["text", "engine", "nn", "stepper"]


def room(name):
    """The folder a file is in; the package's own files are in none."""
    return name.partition("/")[0] if "/" in name else ""


def module(name):
    """The dotted name inside the package: ``engine/ops.py`` is ``engine.ops``."""
    dotted = name.removesuffix(".py").replace("/", ".")
    return dotted.removesuffix("__init__").rstrip(".")


MODULES = {module(name): name for name in FILES}
STUBS = {module(p.relative_to(PACKAGE).as_posix()[:-1]) for p in PACKAGE.rglob("*.pyi")}


def absolute(name, node):
    """The module that a relative import starts from, inside the package."""
    parts = name.split("/")[:-1]
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *(node.module or "").split(".")]).strip(".")


def exported(base):
    """The names that the face of a room hands on."""
    face = TREES.get(base + "/__init__.py", ast.parse(""))
    for node in face.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


def imports(name):
    """The modules of this package that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = absolute(name, node)
            for alias in node.names:
                deeper = f"{base}.{alias.name}".lstrip(".")
                handed_on = alias.name in exported(base)
                found.add(deeper if deeper in MODULES and not handed_on else base)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if not names else []
            inside = [n for n in names if n.split(".")[0] == "micrograd_kr"]
            found |= {n.partition(".")[2] for n in inside}
    return found


def outside(name):
    """The libraries a file imports at its top, which is when its room is entered."""
    found = set()
    for node in TREES[name].body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


def for_types(name):
    """The modules a file imports for its annotations alone, and not when it runs."""
    found = set()
    for node in TREES[name].body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found |= {absolute(name, part) for part in node.body}
    return found


GRAPH = {m: imports(name) - for_types(name) - {m} for m, name in MODULES.items()}

# ---- rooms ------------------------------------------------------------------


def test_every_folder_is_a_room_of_the_plan():
    folders = {room(name) for name in FILES} - {""}
    assert folders == set(FLOOR)
    assert {name for name in FILES if not room(name)} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("name", [n for n in FILES if room(n)])
def test_imports_run_downwards_and_through_the_face(name):
    """Rooms below are entered by their face; the face hands names on."""
    here = room(name)
    for other in imports(name):
        there = other.split(".")[0]
        assert other in [*MODULES, *STUBS], (
            f"{name} imports {other}, which is not there"
        )
        assert other, f"{name} imports the package itself, which stands above it"
        if there != here:
            assert FLOOR[there] < FLOOR[here], f"{name} imports {other} from above"
            assert other == there, f"{name} imports {other} past the room's face"


def test_no_circles():
    waiting = {name: set(others) for name, others in GRAPH.items() if name}
    while waiting:
        free = [name for name, others in waiting.items() if not others & set(waiting)]
        assert free, f"these import each other in a circle: {sorted(waiting)}"
        waiting = {name: o for name, o in waiting.items() if name not in free}


@pytest.mark.parametrize("name", [n for n in FILES if room(n) in PYTHON_ALONE])
def test_a_learner_s_rooms_are_python_alone(name):
    assert outside(name) == set()


def test_the_package_imports_without_any_library():
    """Nobody needs NumPy or graphviz to begin, nor to read the text of a step."""
    missing = ["numpy", "matplotlib", "sklearn", "rich", "torch", "jax", "onnx"]
    missing += ["IPython", "graphviz"]
    code = f"import sys; sys.modules.update(dict.fromkeys({missing}))\n"
    code += "import micrograd_kr as mk\n"
    code += "y = mk.MLP(2, [1])([1, 2]); y.backward(); mk.grad(y, [y])\n"
    code += "s = mk.Stepper(y); s.next(); s.why(); repr(s)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# ---- one op, one place ------------------------------------------------------

# Who says an op's name besides the table, and why.
SAYS = {
    "nn/modules.py": {"linear", "relu"},  # what a neuron is
    "nn/classes.py": {"logsumexp"},  # what softmax is
    "nn/losses.py": {"sum", "dot", "logsumexp"},  # what they are written with
    "nn/summary.py": {"linear"},  # a layer without activation
    "nn/messages.py": {"linear"},  # the same, as it is said
    "training/plot.py": {"log"},  # the scale of an axis
    "picture/render.py": {"dot"},  # the program
    "pages/javascript.py": {"pow"},  # Python's own **
    "practice/stages.py": {"add", "mul", "sub", "div", "exp", "tanh", "relu"},
    "practice/exercises.py": {"logsumexp"},  # what it is about
    "practice/check.py": {
        *("add", "mul", "neg", "sub", "div", "pow"),
        "exp",
        "tanh",
        "relu",
    },
    "compiler/compiling.py": {"logsumexp"},  # any op of a list: the list is read
    "compiler/table.py": {"pow", "sum", "dot", "logsumexp"},  # floats, for arrays
    "compiler/expressions.py": {
        *("exp", "log", "sum", "sqrt", "maximum", "minimum"),
    },  # NumPy's names, and its own kinds
    "compiler/write.py": {"sum"},  # a method of arrays
    "compiler/prelude.py": {
        *("erf", "asin", "acos", "atan"),
    },  # what NumPy lacks, the latter before 2.0
    "export/onnx.py": {"log2", "log10"},  # what ONNX lacks
}
TABLE = "engine/ops.py"


def documentation(tree):
    """The string nodes that are docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [n for n in ast.walk(tree) if isinstance(n, documented)]
    return {id(n.body[0].value) for n in nodes if isinstance(n.body[0], ast.Expr)}


def strings(tree):
    """Every string of a file but the docstrings."""
    docs = documentation(tree)
    constants = [n for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return [n for n in constants if isinstance(n.value, str) and id(n) not in docs]


@every_file
def test_no_op_has_its_name_outside_the_table(name):
    """Code reads a row; it does not ask which row it is: a new row is a new op."""
    if name == TABLE:
        return
    signs = {op.symbol for op in OPS.values() if not set(op.symbol) <= set("+-*/")}
    words = signs - {"max", "min", "·"} | set(OPS)
    said = {(s.value, s.lineno) for s in strings(TREES[name]) if s.value in words}
    allowed = SAYS.get(name, set())
    assert {(s, line) for s, line in said if s not in allowed} == set()


def test_the_lists_of_who_says_what_are_not_stale():
    for name, words in SAYS.items():
        assert words <= {s.value for s in strings(TREES[name])}, name


@every_file
def test_no_function_is_named_after_an_op(name):
    """A `def tanh` outside the table would be a second place for an op."""
    if name == TABLE or room(name) == "compiler":  # arrays have a sum of their own
        return
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef):
            assert node.name not in OPS, f"{name} defines {node.name}"


def test_a_new_row_is_enough(tmp_path):
    """Two rows more in a copy: floats, Values, gradients, networks, help, errors."""
    copy = shutil.copytree(PACKAGE, tmp_path / "micrograd_kr")
    table = (copy / TABLE).read_text("utf-8")
    rows = """Op("cube", "³", "x * x * x", ("3 * x * x",), domain="x < 100"),
        Op("lerp", "lerp", "x + t * (y - x)", ("1 - t", "t", "y - x"), ("x", "y", "t"),
            default=0.5),
        """
    assert table.count('Op("sum"') == 1
    (copy / TABLE).write_text(table.replace('Op("sum"', rows + 'Op("sum"'))
    code = """
import micrograd_kr as mk
x = mk.Value(2.0, "x")
y = x.cube()
assert (y.data, y.op.symbol, y._op, mk.cube(2).data) == (8.0, "³", "³", 8.0)
assert y.partials == (12.0,)
(d,) = mk.grad(y, [x], create_graph=True)
assert (d.data, mk.grad(d, [x])[0].data) == (12.0, 12.0)
assert mk.gradcheck(mk.cube, [2.0]) and "x * x * x" in mk.cube.__doc__
assert mk.MLP(1, [2, 1], activation="cube", seed=0)(1.0).parents
try:
    mk.Value(1e200, "big").cube()
except OverflowError as error:
    assert "cube" in str(error) and "'big'" in str(error)

between = x.lerp(4, t=0.25)
assert (between.data, between.operands) == (2.5, (x, 4.0, 0.25))
assert (mk.lerp(0, x).data, mk.lerp(0, x).partials) == (1.0, (0.5,))
assert mk.gradcheck(mk.lerp, [1.0, 2.0, 0.3])
loss = x.lerp(1, x * x).cube()
assert mk.compile(loss, [x])([2.0])[0] == loss.data
from micrograd_kr.pages import javascript
assert "lerp = (x, y, t) =>" in javascript.engine()
assert "lerp(x, 4, 0.25)" in mk.draw(between).mermaid()
assert not mk.OPS["lerp"].is_activation
print("done")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.stdout == "done\n", done.stderr


# ---- memory and recursion ---------------------------------------------------


def functions(tree, kinds=(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


@every_file
def test_no_function_inside_a_function_calls_itself(name):
    """It would be a cycle through its own cell, and keep a graph alive."""
    for outer in functions(TREES[name]):
        for inner in functions(outer, ast.FunctionDef):
            if inner is not outer:
                used = {n.id for n in ast.walk(inner) if isinstance(n, ast.Name)}
                assert inner.name not in used, f"{name}: {inner.name}"


@every_file
def test_nobody_touches_the_recursion_limit(name):
    for node in ast.walk(TREES[name]):
        said = isinstance(node, ast.Attribute) and node.attr == "setrecursionlimit"
        assert not said


# What Python's protocols ask for, and what a contributor alone can meet.
NOT_READ = {"AssertionError", "NotImplementedError", "AttributeError"}
FOR_CONTRIBUTORS = ("pages/", "compiler/simplify", "compiler/table", "practice/child")


@every_file
def test_errors_speak_the_languages_of_the_readers(name):
    """Their sentences stand in the messages of the room, in both."""
    if name.startswith(FOR_CONTRIBUTORS):
        return
    for node in ast.walk(TREES[name]):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        error = ast.unparse(node.exc.func)
        if not hasattr(builtins, error) or error in NOT_READ or not node.exc.args:
            continue
        [text, *_] = node.exc.args
        parts = text.values if isinstance(text, ast.JoinedStr) else [text]
        said = [part.value for part in parts if isinstance(part, ast.Constant)]
        words = re.search(r"[^\W\d_]{2}", " ".join(map(str, said)))
        assert not words, f"{name}:{node.lineno}: {ast.unparse(node)}"


# ---- words ------------------------------------------------------------------


@every_file
def test_every_file_says_what_it_is(name):
    assert ast.get_docstring(TREES[name]), f"{name} has no docstring"


@pytest.mark.parametrize("name", [n for n in mk.__all__ if callable(getattr(mk, n))])
def test_what_is_exported_has_an_example(name):
    documentation = getattr(mk, name).__doc__ or ""
    assert ">>>" in documentation, f"{name} has no example"
    assert not documentation.startswith(f"{name}("), f"{name} is told by Python"


@pytest.mark.parametrize("name", OPS)
def test_the_example_of_an_op_is_true(name):
    examples = doctest.DocTestParser().get_doctest(
        getattr(mk, name).__doc__, {name: getattr(mk, name)}, name, None, None
    )
    assert doctest.DocTestRunner().run(examples) == (0, 1)


def test_exports_exist_and_dir_shows_every_op():
    assert all(hasattr(mk, name) for name in mk.__all__)
    assert set(mk.__all__) | set(OPS) <= set(dir(mk))
    assert (PACKAGE / "py.typed").exists()


def test_a_star_import_leaves_python_s_own_names_alone():
    space = {}
    exec("from micrograd_kr import *", space)
    taken = {n for n in space if n != "__builtins__"} & set(dir(builtins))
    assert taken == set()
    assert set(OPS) - {"abs", "sum", "pow"} <= set(space)
