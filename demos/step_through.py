"""Backpropagation one node at a time: as text, as a picture of each step, and as one page to share.

역전파를 한 노드씩 따라갑니다: 글로, 단계마다 그림으로, 그리고 누구에게나 보낼 수 있는 페이지 한 장으로.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, Neuron, Value
from micrograd_kr.nn import SGD, mse
from micrograd_kr.stepper import Stepper

XOR = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]


def named(v: Value, label: str) -> Value:
    """The same Value with a label."""
    v.label = label
    return v


def apples() -> Value:
    """Two apples at 100 won and 10 % tax."""
    apple, count, tax = Value(100, "apple"), Value(2, "count"), Value(1.1, "tax")
    return named(named(apple * count, "price") * tax, "total")


def two_paths() -> Value:
    """L = d * (d + a) with d = a * b: a and d each reach L on two paths, so their gradients add up."""
    a, b = Value(2, "a"), Value(-3, "b")
    d = named(a * b, "d")
    return named(d * named(d + a, "e"), "L")


def neuron() -> Value:
    """One neuron of two inputs, every multiplication and addition a node of its own."""
    model = Neuron(2, activation="tanh", expand=True)
    for parameter, data in zip(model.parameters(), [0.5, -1.0, 0.25], strict=True):
        parameter.data = data
    return named(model([Value(1, "x0"), Value(2, "x1")]), "o")


def xor_loss(model: MLP) -> Value:
    """The mean squared error of a network on the four cases of xor."""
    return named(mse([model(x) for x, _ in XOR], [y for _, y in XOR]), "loss")


def walk(
    name: str, title: str, y: Value, folder: Path, lang: str | None, steps: int
) -> None:
    """Print the first steps back from y and why the last came now; save the page, and frames of a short walk."""
    print(f"\n== {title}")
    s = Stepper(y, lang=lang)
    for _ in range(min(steps, len(s))):
        print(s.next())
    print(s.why())
    print(s.run())
    if len(s) <= steps:
        frames = s.save_frames(folder / name)
        print(f"   {frames[0]} … {frames[-1].name}")
    print(f"   {s.save(folder / f'{name}.html')}")


def main(argv: Sequence[str] | None = None) -> None:
    """Walk through four graphs, each larger than the one before."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the files (default: out)",
    )
    parser.add_argument(
        "--lang",
        choices=["ko", "en"],
        help="the language of the steps (default: the locale's)",
    )
    args = parser.parse_args(argv)
    folder, lang = args.out, args.lang
    folder.mkdir(parents=True, exist_ok=True)

    walk(
        "apples",
        "Two apples and the tax · 사과 두 개와 소비세",
        apples(),
        folder,
        lang,
        steps=2,
    )
    walk(
        "two_paths",
        "A value used twice: += · 두 번 쓰이는 값: +=",
        two_paths(),
        folder,
        lang,
        steps=3,
    )
    walk("neuron", "One neuron · 뉴런 하나", neuron(), folder, lang, steps=6)

    model = MLP(2, [2, 1], activation="tanh", seed=3)
    loss = xor_loss(model)
    walk(
        "xor",
        "A network of two layers on xor · 두 층 신경망과 xor",
        loss,
        folder,
        lang,
        steps=3,
    )
    SGD(model.parameters(), lr=0.1).step()
    print("\n== One step down these gradients · 이 기울기를 따라 한 걸음 내려가면")
    print(f"   loss · 손실: {loss.data:.4f} → {xor_loss(model).data:.4f}")


if __name__ == "__main__":
    main()
