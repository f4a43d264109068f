"""The architecture, held by reading the source: who may import whom, what stands where, how long a file is."""

import ast
import io
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import micrograd_kr as mk
from micrograd_kr import OPS

PACKAGE = Path(mk.__file__).parent
FILES = sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py"))
TREES = {name: ast.parse((PACKAGE / name).read_text()) for name in FILES}
every_file = pytest.mark.parametrize("name", FILES)


def module(name):
    """The dotted name inside the package: ``compile/fuse.py`` is ``compile.fuse``, ``__init__.py`` is empty."""
    return name.removesuffix(".py").replace("/", ".").removesuffix("__init__").rstrip(".")


MODULES = {module(name): name for name in FILES}

# ---- imports ----------------------------------------------------------------------------------------------

# From the bottom up; a row knows the rows before it. Others (helpers of draw, compile ...) stand above the
# core and may be arranged as they like, but not in a circle.
CORE = [["ops"], ["record"], ["engine"], ["gradients"], ["files"], ["save"], ["nn"], ["losses", "optim"]]
UPPER = [["draw"], ["player"], ["step"], ["compile"], ["data", "train", "plot"], ["__main__"]]
LEVEL = {name: level for level, names in enumerate(CORE + UPPER) for name in names}


def imports(name):
    """The modules of this package a file imports, anywhere in it."""
    here = module(name).split(".") if module(name) else []
    package = here if name.endswith("__init__.py") else here[:-1]
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            base = [part for part in base if part]
            for alias in node.names:
                deeper = ".".join([*base, alias.name])
                found.add(deeper if deeper in MODULES else ".".join(base))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "micrograd_kr":
            found.add(".".join(node.module.split(".")[1:]))
        elif isinstance(node, ast.Import):
            found |= {".".join(a.name.split(".")[1:]) for a in node.names if a.name.split(".")[0] == "micrograd_kr"}
    return found


GRAPH = {m: imports(name) - {m} for m, name in MODULES.items()}


def top(name):
    return name.split(".")[0]


def test_the_files_are_where_the_table_says():
    assert {name for row in CORE for name in row} <= set(GRAPH)
    assert GRAPH["ops"] == set()


@pytest.mark.parametrize("name", [n for n in GRAPH if n])
def test_imports_run_downwards(name):
    for other in GRAPH[name]:
        assert other in MODULES, f"{name} imports {other}, which is not there"
        assert other or name == "__main__", f"{name} imports the package itself, which stands above it"
        if top(name) in LEVEL and top(other) in LEVEL and top(name) != top(other):
            assert LEVEL[top(other)] < LEVEL[top(name)], f"{name} imports {other}, which stands above it"
        if top(name) in LEVEL and LEVEL[top(name)] < len(CORE):
            assert LEVEL.get(top(other), len(CORE)) < len(CORE), f"{name} is of the core and imports {other}"


def test_no_circles():
    order, waiting = [], {name: set(others) for name, others in GRAPH.items() if name}
    while waiting:
        free = [name for name, others in waiting.items() if not (others & set(waiting))]
        assert free, f"these import each other in a circle: {sorted(waiting)}"
        order += free
        waiting = {name: others for name, others in waiting.items() if name not in free}
    assert len(order) == len(FILES) - 1


def test_the_core_is_python_alone():
    """The engine, networks, losses and optimizers import nothing from outside the standard library."""
    for row in CORE:
        for name in row:
            for node in ast.walk(TREES[MODULES[name]]):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module]
                assert {n.split(".")[0] for n in names} <= set(sys.stdlib_module_names), (name, names)


def test_the_package_imports_without_numpy():
    """NumPy and the plotting libraries belong to the demos and to compile; nobody needs them to begin."""
    missing = ["numpy", "matplotlib", "sklearn", "rich", "torch", "jax", "onnx", "IPython"]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({missing})); import micrograd_kr as mk; mk.MLP(2, [1])([1, 2])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---- one op, one place ------------------------------------------------------------------------------------

# Who says an op's name besides the table, and why.
SAYS = {
    "nn.py": {"linear", "logsumexp", "relu"},  # what a neuron and softmax are; the default activation
    "losses.py": {"sum", "dot", "logsumexp"},  # what they are written with
    "summary.py": {"linear"},  # a layer without activation
    "plot.py": {"log"},  # the scale of an axis
    "render.py": {"dot"},  # the program
    "compile/rules.py": {"pow", "sum", "dot", "logsumexp"},  # the floats of ops.py, for arrays
    "compile/text.py": {"neg", "sum"},  # Python's own minus, NumPy's sum
    "compile/array.py": {
        "erf",
        "exp",
        "log",
        "neg",
        "sum",
        "sqrt",
        "maximum",
        "minimum",
    },  # NumPy's names, and its own kinds
    "compile/emit.py": {"pow", "sum", "dot", "logsumexp"},  # the functions a row's text may call
    "compile/prelude.py": {"erf", "logsumexp"},  # what NumPy lacks
}


def strings(tree):
    """Every string of a file but the docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, documented) and isinstance(n.body[0], ast.Expr)
    }
    return [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs]


@every_file
def test_no_op_has_its_name_outside_the_table(name):
    """Code reads a row; it does not ask which row it is. So a new row is enough for a new op."""
    if name == "ops.py":
        return
    signs = {op.symbol for op in OPS.values() if not set(op.symbol) <= set("+-*/")} - set(OPS) - {"max", "min", "·"}
    said = {(s.value, s.lineno) for s in strings(TREES[name]) if s.value in set(OPS) | signs}
    assert {(s, line) for s, line in said if s not in SAYS.get(name, set())} == set()


@every_file
def test_no_function_is_named_after_an_op(name):
    """A `def tanh` outside the table would be a second place for an op."""
    if name == "ops.py" or name.startswith("compile/"):  # its array expressions have a sum of their own
        return
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef):
            assert node.name not in OPS, f"{name} defines {node.name}"


def test_a_new_row_is_enough(tmp_path):
    """One row more in a copy of the package: floats, Values, gradients of both kinds, networks, help and errors."""
    copy = shutil.copytree(PACKAGE, tmp_path / "micrograd_kr")
    table = (copy / "ops.py").read_text()
    row = 'Op("cube", "³", "x * x * x", ("3 * x * x",), domain="x < 100"),\n        Op("sum"'
    assert table.count('Op("sum"') == 1
    (copy / "ops.py").write_text(table.replace('Op("sum"', row))
    code = """
import micrograd_kr as mk
x = mk.Value(2.0, "x")
y = x.cube()
assert (y.data, y.op.symbol, y._op, mk.cube(2).data, y.partials) == (8.0, "³", "³", 8.0, (12.0,))
(d,) = mk.grad(y, [x], create_graph=True)
assert (d.data, mk.grad(d, [x])[0].data) == (12.0, 12.0)
assert mk.gradcheck(mk.cube, [2.0]) and "x * x * x" in mk.cube.__doc__
assert mk.MLP(1, [2, 1], activation="cube", seed=0)(1.0).parents
try:
    mk.Value(1e200, "big").cube()
except OverflowError as error:
    assert "cube" in str(error) and "'big'" in str(error)
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout == "done\n", done.stderr


# ---- memory and recursion -----------------------------------------------------------------------------------


@every_file
def test_no_function_inside_a_function_calls_itself(name):
    """It would be a cycle through its own cell, and keep a graph alive until the collector comes."""
    for outer in ast.walk(TREES[name]):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(outer):
                if isinstance(inner, ast.FunctionDef) and inner is not outer:
                    used = {n.id for n in ast.walk(inner) if isinstance(n, ast.Name)}
                    assert inner.name not in used, f"{name}: {inner.name} in {getattr(outer, 'name', 'a lambda')}"


@every_file
def test_nobody_touches_the_collector_or_the_recursion_limit(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert "gc" not in [alias.name for alias in node.names]
        assert not (isinstance(node, ast.Attribute) and node.attr == "setrecursionlimit")


# ---- size and words -----------------------------------------------------------------------------------------

# Lines of code, without docstrings, comments and blank lines: what a learner has to read.
BUDGET = {"ops.py": 150, "record.py": 200, "engine.py": 250, "gradients.py": 100, "nn.py": 200}
BUDGET |= {"losses.py": 100, "optim.py": 100, "draw.py": 220, "step.py": 220, "compile/array.py": 420}
OTHERS = 350


def code_lines(name):
    text = (PACKAGE / name).read_text()
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in nothing:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


@every_file
def test_files_are_short(name):
    assert code_lines(name) <= BUDGET.get(name, OTHERS)


@every_file
def test_every_file_says_what_it_is(name):
    assert ast.get_docstring(TREES[name]), f"{name} has no docstring"


@pytest.mark.parametrize("name", [n for n in mk.__all__ if callable(getattr(mk, n))])
def test_what_is_exported_has_an_example(name):
    thing = getattr(mk, name)
    assert ">>>" in (thing.__doc__ or ""), f"{name} has no example"
    assert not (thing.__doc__ or "").startswith(f"{name}("), f"{name} has only the docstring Python made"


@pytest.mark.parametrize("name", [n for row in CORE for n in row if n != "record"])
def test_public_functions_and_classes_have_an_example(name):
    """Of the modules a learner imports from; `record` is machinery."""
    bare = [
        node.name
        for node in TREES[MODULES[name]].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ">>>" not in (ast.get_docstring(node) or "")
    ]
    assert bare == []


def test_exports_exist_and_dir_shows_every_op():
    assert all(hasattr(mk, name) for name in mk.__all__)
    assert set(mk.__all__) | set(OPS) <= set(dir(mk))
    assert (PACKAGE / "py.typed").exists()
