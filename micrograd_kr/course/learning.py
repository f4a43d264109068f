"""Lessons on what is learned from data: lines, classes, and how it becomes fast."""

from types import ModuleType
from typing import Any

from ..engine import Value
from ..text import choose, format_number
from .live import Bars, Curve, Learning, Live, Plot, Slider
from .parts import Parts, labelled, seconds

EPOCHS = 400  # enough for a line
TOY, TOY_EPOCHS = "circles", 60
SIZES = (2, 5, 20, 100)  # points of a recorded loss


def least_squares(demo: ModuleType) -> Parts:
    """Fit a line with and without the column of ones, beside what NumPy finds."""
    _, (X, y), _ = demo.data_sets().values()
    table = demo.coefficients(X, y, EPOCHS)
    _, (w_there, b_there), _, bare, _ = table.values()
    x, t = Value(1.0, "x"), Value(0.0, "t")
    w, b, ones = Value(0.0, "w"), Value(0.0, "b"), Value(1.0, "1")
    line = w * x + b * ones
    line.label = "o"
    samples = [[*features, target] for features, target in zip(X, y, strict=True)]
    learning = Learning([x, t], {"": samples}, [w, b], "momentum", 0.1)
    by_hand = [Slider("w", [w], -2, 8, 0.01), Slider("b", [b], -2, 8, 0.01)]
    live = Live(
        (line - t) ** 2,
        groups={"": by_hand},
        switches={choose("1로 채운 열", "the column of ones"): ones},
        plot=Plot(x, 0, 2, [Curve("o = w x + b 1", line)], height=(-1, 11)),
        learning=learning,
    )
    facts = {
        "n": len(X),
        "rows": "".join(_coefficients(way, table[way]) for way in table),
        "w": format_number(w_there, 3),
        "b": format_number(b_there, 3),
        "bare": format_number(bare[0], 3),
    }
    return Parts(facts, {"line": live})


def _coefficients(way: str, numbers: list[float]) -> str:
    cells = "".join(f'<td class="number">{number:.4f}</td>' for number in numbers)
    return f'<tr><th scope="row"><code>{way}</code></th>{cells}</tr>'


def toy_classification(demo: ModuleType) -> Parts:
    """Tell classes apart on the training page."""
    _, line = demo.train(TOY, TOY_EPOCHS, hidden=())
    _, network = demo.train(TOY, TOY_EPOCHS)
    facts = {
        "epochs": TOY_EPOCHS,
        "line": f"{line:.0%}",
        "network": f"{network:.0%}",
        "sets": len(demo.SETS),
    }
    return Parts(facts)


def scalars_to_matrices(demo: ModuleType) -> Parts:
    """Show the graph growing with the points, and the program that does not."""
    recorded = [demo.Moons(points) for points in SIZES]
    counts = [len(moons.loss.topological_order()) for moons in recorded]
    cases = [
        _case(moons, points, nodes)
        for moons, points, nodes in zip(recorded, SIZES, counts, strict=True)
    ]
    last = recorded[-1]
    theta = last.program.theta()
    slow = seconds(last.eager_step, 1)
    fast = seconds(lambda: last.program(theta, **last.arrays), 100)
    facts = {
        "points": SIZES[-1],
        "nodes": f"{counts[-1]:,}",
        "parameters": len(last.params),
        "slow": f"{slow * 1e3:.0f}",
        "fast": f"{fast * 1e3:.3f}",
    }
    title = choose("점의 수", "points")
    return Parts(facts, {"sizes": {"title": title, "cases": cases}})


def _case(moons: Any, points: int, nodes: int) -> dict[str, Any]:
    program = moons.program.source.strip()
    told = choose("계산 그래프의 노드", "nodes of the graph")
    lines = choose("프로그램의 줄", "lines of the program")
    return {
        "name": str(points),
        "lines": [f"{told}: {nodes:,}", f"{lines}: {len(program.splitlines())}"],
        "source": program,
    }


def microgpt(demo: ModuleType) -> Parts:
    """Show attention in six numbers, and how much a GPT in scalars is."""
    names = demo.read_names()
    letters = demo.Letters(names)
    documents = [letters.tokens(name) for name in names]
    model = demo.GPT(letters.end + 1, longest=max(map(len, documents)) - 1)
    tokens = documents[0]
    loss = demo.surprise(model(tokens[:-1]), tokens[1:])
    facts = {
        "names": len(names),
        "jamo": letters.end,
        "first": names[0],
        "spelled": " ".join(letters.jamo[token] for token in tokens[1:-1]),
        "count": len(tokens) - 2,
        "asked": len(tokens) - 1,
        "parameters": f"{len(model.parameters()):,}",
        "nodes": f"{len(loss.topological_order()):,}",
        "loss": format_number(loss.data, 3),
        "even": format_number(Value(letters.end + 1.0).log().data, 3),
    }
    return Parts(facts, {"attention": _attention(demo)})


def _attention(demo: ModuleType) -> Live:
    """One query, three keys and values of one number each."""
    query = Value(1.0, "q")
    keys = labelled([Value(2.0), Value(0.0), Value(-1.0)], "k")
    values = labelled([Value(1.0), Value(2.0), Value(3.0)], "v")
    scores = [query * key for key in keys]
    weights = labelled(demo.softmax(scores), "a")
    output = demo.dot(weights, values)
    output.label = choose("결과", "result")
    groups = {
        "q": [Slider("q", [query], -3, 3)],
        "k": [Slider(str(k.label), [k], -3, 3) for k in keys],
        "v": [Slider(str(v.label), [v], -3, 3) for v in values],
    }
    title = choose(
        "어디를 얼마나 보는가: softmax(q k)", "what is looked at: softmax(q k)"
    )
    names = [str(a.label) for a in weights]
    bars = [Bars(title, names, [[a] for a in weights])]
    return Live(output, groups=groups, lines=[output], bars=bars)
