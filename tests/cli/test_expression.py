"""Expressions become graphs; whatever else is typed becomes an error that points at the place."""

import ast
import math
import string
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import OPS, Value
from micrograd_kr.cli.expression import (
    DEEPEST,
    LONGEST,
    NAMES,
    ExpressionError,
    functions,
    numbers,
    read,
)
from micrograd_kr.engine.ops import FLOATS
from micrograd_kr.text import LANGUAGES, columns

some = settings(deadline=None)
VALUES = {"a": 2.0, "b": -3.0, "c": 0.5}


def texts() -> Any:
    """Expressions over a, b and c with every operator and function, and lists where lists belong."""

    def bigger(inner: Any) -> Any:
        def call(name: str) -> Any:
            op = OPS[name]
            rows = [
                st.lists(inner, min_size=2, max_size=2).map(
                    lambda xs: f"[{', '.join(xs)}]"
                )
                if x[0] == "*"
                else inner
                for x in op.operands
            ]
            return st.tuples(*rows).map(lambda xs: f"{name}({', '.join(xs)})")

        two = st.tuples(inner, st.sampled_from(["+", " - ", "*", " / ", "**"]), inner)
        return st.one_of(
            two.map(lambda x: f"({x[0]}){x[1]}({x[2]})"),
            inner.map(lambda x: f"-({x})"),
            st.sampled_from(sorted(OPS)).flatmap(call),
        )

    # no int: 2**2**2**2**2 would take Python for ever
    leaf = st.sampled_from(["a", "b", "c", "2.0", "0.5", "1e-2", "3.0"])
    return st.recursive(leaf, bigger, max_leaves=12)


def on_numbers_too(name: str) -> Any:
    """The function; of numbers alone it is a number, and needs no derivative."""

    def called(*operands: Any) -> Any:
        flat = [
            x for row in operands for x in (row if isinstance(row, list) else [row])
        ]
        if any(isinstance(x, complex) for x in flat):
            raise ValueError
        return (
            getattr(mk, name)
            if any(isinstance(x, Value) for x in flat)
            else FLOATS[name]
        )(*operands)

    return called


@some
@given(texts())
def test_an_expression_is_the_graph_that_python_would_record(text: str) -> None:
    text = f"({text}) + a + b + c"
    used = {name: Value(x, name) for name, x in VALUES.items()}
    space: dict[str, Any] = {name: on_numbers_too(name) for name in OPS} | used
    try:
        expected = eval(text, {"__builtins__": {}}, space)
    except (
        ValueError,
        ArithmeticError,
        TypeError,
    ):  # TypeError: a negative number to a broken power is complex
        with pytest.raises(ExpressionError):
            read(text, VALUES)
        return
    y = read(text, VALUES)
    assert y.data == expected.data
    y.backward()
    expected.backward()
    grads = {v.label: v.grad for v in y.topological_order() if v.op is None and v.label}
    assert grads == {
        name: pytest.approx(v.grad, rel=1e-12, nan_ok=True) for name, v in used.items()
    }


@some
@given(
    st.text() | st.text("abcx0123456789.+-*/()[]=;, \n\t\\'\"{}:@^<>!#_", max_size=40),
    st.sampled_from(LANGUAGES),
)
@example("a" * 100_000, "en")
@example("(" * 1000, "en")
@example("-" * 1990 + "a", "ko")
@example("a**" * 600 + "a", "ko")
@example("a." * 900 + "a", "en")
@example("relu(" * 190 + "a" + ")" * 190, "en")
@example("lambda:" * 280 + "a", "en")
@example("9**9**9**9*a", "en")
@example("a\x00", "ko")
@example("\ud800", "en")
@example("'\\d'", "en")
def test_any_text_is_a_graph_or_an_error_of_ours(text: str, lang: str) -> None:
    try:
        y = read(text, {"a": 2.0}, lang)
    except ExpressionError:
        return
    assert any(v.label == "a" for v in y.topological_order())


PYTHON = {
    "Attribute": "a.__class__",
    "Subscript": "a[0]",
    "Lambda": "(lambda: a)()",
    "IfExp": "a if a else a",
    "Dict": "{a: a}",
    "Set": "{a}",
    "List": "[a]",
    "Tuple": "a, a",
    "ListComp": "[a for x in a]",
    "GeneratorExp": "sum(a for x in a)",
    "Await": "await a",
    "Yield": "yield a",
    "Compare": "a < a",
    "BoolOp": "a and a",
    "Not": "not a",
    "Invert": "~a",
    "MatMult": "a @ a",
    "Mod": "a % 2",
    "FloorDiv": "a // 2",
    "JoinedStr": "f'{a}'",
    "NamedExpr": "(b := a)",
    "Starred": "sum([*[a]])",
    "keyword": "relu(x=a)",
    "Import": "import os",
    "Delete": "del a",
    "Assert": "assert a",
    "AugAssign": "a += 1",
    "AnnAssign": "b: a = a",
    "FunctionDef": "def f(): return a",
    "ClassDef": "class A: pass",
    "While": "while a: a",
    "With": "with a: a",
    "Global": "global a",
    "Call": "relu(a)(a)",
}


@pytest.mark.parametrize("kind", PYTHON)
def test_of_python_only_what_is_listed_is_let_through(kind: str) -> None:
    """One text for each kind of syntax that is none of ours."""
    tree = ast.parse(PYTHON[kind])
    assert kind in {type(node).__name__ for node in ast.walk(tree)}
    with pytest.raises(ExpressionError):
        read(PYTHON[kind], {"a": 2.0})


@pytest.mark.parametrize(
    "text",
    [
        "'a'",
        "b'a'",
        "True",
        "None",
        "...",
        "1j",
        "__import__('os')",
        "print(a)",
        "a.real",
    ],
)
def test_other_constants_and_functions_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        read(f"a + {text}", {"a": 2.0})


def test_parts_with_names_get_them_as_labels() -> None:
    y = read("a = 2; b = 3; c = a + b; d = a*b; e = c + d; f = c*d; y = e + f", {})
    labels = {str(v.label): v for v in y.topological_order()}
    assert set(labels) == set("abcdefy")
    y.backward()
    assert (y.data, labels["a"].grad, labels["b"].grad) == (41.0, 25.0, 19.0)
    same = read("d = a; e = d*a; e", {"a": 3.0})
    assert [v.label for v in same.topological_order()] == ["a", "e"]
    assert same.parents[0] is same.parents[1]


def test_numbers_alone_make_no_nodes_and_need_no_derivative() -> None:
    assert read("x + sqrt(0) + 0**0.5 + leaky_relu(-1)", {"x": 1.0}).data == 0.99
    y = read("2*3 + 1 - sqrt(4) + x*(-1)", {"x": 1.0})
    assert y.data == 4.0
    assert len(y.topological_order()) == 3


def test_a_plus_sign_changes_nothing() -> None:
    assert read("+a + +2", {"a": 1.0}).data == 3.0


def test_names_may_be_korean_and_mean_the_same_however_they_are_written() -> None:
    y = read("사과 * 개수 * 세율", {"사과": 100, "개수": 2, "세율": 1.1})
    assert y.data == pytest.approx(220)
    assert read("ﬁ + 1", {"ﬁ": 1.0}).data == 2.0  # Python reads the ligature as fi
    assert read("fi + 1", {"ﬁ": 1.0}).data == 2.0


@pytest.mark.parametrize("name", functions())
def test_every_function_listed_can_be_used(name: str) -> None:
    op = NAMES[name]
    arguments = ", ".join("[a, 1]" if x[0] == "*" else "a" for x in op.operands)
    assert math.isfinite(read(f"{name}({arguments})", {"a": 0.5}).data)


@pytest.mark.parametrize(
    ("text", "under", "says"),
    [
        ("a + relux(a)", "relux", r"no function relux \(did you mean relu"),
        ("사과 + relux(a)", "사과", "사과 has no value; give one: 사과=2"),
        ("alpha + aa*2", "alpha", "alpha has no value"),
        ("a + aa*2", "aa", r"did you mean a\?"),
        ("a * relu", "relu", r"written relu\(x\)"),
        ("a + max(a)", "max(a)", r"max\(x, y\)"),
        ("a + sum(a, a)", "sum(a, a)", r"sum\(\[x1, x2\]\)"),
        (
            "a + linear([a], [a])",
            "linear([a], [a])",
            r"linear\(\[w1, w2\], \[x1, x2\], b\)",
        ),
        ("a + dot([a], [a, a])", "dot([a], [a, a])", "1 and 2"),
        ("a + sum([])", "sum([])", r"sum\("),
        ("a + log(0 - a)*2", "log(0 - a)", r"x = -2\.0; it needs x > 0"),
        ("a / (2 - a)", "a / (2 - a)", "y != 0"),
        ("a + 9**9**9", "9**9**9", "too large"),
        ("a + 1e999", "1e999", "not a finite number"),
        ("a + " + "9" * 400, "9" * 50, "does not fit"),
        ("a + exp(710)", "exp(710)", "too large"),
        ("a ^ 2", "a ^ 2", r"\*\*"),
        ("a + a.data", "a.data", "not allowed"),
        ("a * (a + 1", "(", "never closed"),
        ("a + * 2", "*", "syntax"),
        ("a = 3; a", "a", "a exists already"),
        ("relu = a; relu", "relu", "relu is a function"),
        ("b = c = a; b", "b", "only a single name"),
        ("a*2; a", "a*2", "needs a name"),
        ("b = a;\n  \nc = b*q", "q", "q has no value"),
    ],
)
def test_an_error_points_at_the_place(text: str, under: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says) as caught:
        read(text, {"a": 2.0})
    *_, line, marks = str(caught.value).splitlines()
    start, end = len(marks) - len(marks.lstrip()), len(marks)
    places = [
        columns(line[:i]) for i in range(len(line) + 1)
    ]  # a letter of Hangul takes two
    assert line[places.index(start) : places.index(end)] == under


@pytest.mark.parametrize(
    ("text", "values", "says"),
    [
        ("", {}, "empty"),
        ("  # nothing", {}, "empty"),
        ("2 + 3", {}, "no variable"),
        ("a", {"a": 1.0, "b": 2.0}, "b is not used"),
        ("b = a*2; c = a; c*2", {"a": 1.0}, "b is not used"),
        ("a + " * 600 + "a", {"a": 1.0}, f"2401 characters of at most {LONGEST}"),
        ("a" + " + a" * (DEEPEST + 1), {"a": 1.0}, f"at most {DEEPEST} levels"),
        ("relu + 1", {"relu": 1.0}, "relu is a function"),
    ],
)
def test_other_errors_say_what_is_wrong(
    text: str, values: dict[str, float], says: str
) -> None:
    with pytest.raises(ExpressionError, match=says):
        read(text, values)


def test_a_leaf_and_the_deepest_expression_are_read() -> None:
    assert read("a", {"a": 3.0}).op is None
    assert read("a" + " + a" * DEEPEST, {"a": 1.0}).data == DEEPEST + 1


def test_a_long_line_is_cut_around_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        read("a + " * 40 + "nobody" + " + a" * 40, {"a": 1.0})
    assert "nobody" in str(caught.value)
    assert all(len(line) < 120 for line in str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a"], "'a': write name=number"),
        (["=2"], "'=2'"),
        (["1a=2"], "'1a=2'"),
        (["a=two"], "a=two: two is not"),
        (["a="], "a=: "),
        (["a=nan"], "nan is not a finite"),
        (["a=1e999"], "1e999 is not"),
        (["a=2", "a=3"], "a exists already"),
    ],
)
def test_values_that_are_none_are_refused(words: list[str], says: str) -> None:
    with pytest.raises(ExpressionError, match=says):
        numbers(words)


@some
@given(
    st.dictionaries(
        st.text(string.ascii_letters, min_size=1, max_size=5),
        st.floats(-1e300, 1e300),
        max_size=4,
    )
)
def test_values_are_read_exactly(values: dict[str, float]) -> None:
    assert numbers(f"{name}={x!r}" for name, x in values.items()) == values


def test_errors_are_in_korean_when_asked() -> None:
    with pytest.raises(ExpressionError, match=r"relux라는 함수는 없습니다 \(혹시 relu"):
        read("relux(a)", {"a": 1.0}, "ko")
