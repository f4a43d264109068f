"""Backpropagation one node at a time: as text, as pictures, and as one page to share.

역전파를 한 노드씩 따라갑니다: 글로, 단계마다 그림으로, 나눌 수 있는 페이지 한 장으로.
"""

from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, Neuron, Stepper, Value
from micrograd_kr.cli import demo_options
from micrograd_kr.nn import SGD, mse
from micrograd_kr.text import choose

XOR_X = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR_Y = [0, 1, 1, 0]


def named(v: Value, label: str) -> Value:
    """Give a Value a label."""
    v.label = label
    return v


def apples() -> Value:
    """Buy two apples at 100 won, with 10 % tax."""
    apple, count, tax = Value(100, "apple"), Value(2, "count"), Value(1.1, "tax")
    return named(named(apple * count, "price") * tax, "total")


def two_paths() -> Value:
    """Use a and d twice each: their gradients come on two paths and add up."""
    a, b = Value(2, "a"), Value(-3, "b")
    d = named(a * b, "d")
    return named(d * named(d + a, "e"), "L")


def neuron() -> Value:
    """Build a neuron whose multiplications and additions are nodes of their own."""
    model = Neuron(2, activation="tanh", expand=True)
    for parameter, data in zip(model.parameters(), [0.5, -1.0, 0.25], strict=True):
        parameter.data = data
    return named(model([Value(1, "x0"), Value(2, "x1")]), "o")


def xor_loss(model: MLP) -> Value:
    """Give the mean squared error of a network on the four cases of xor."""
    return named(mse([model(x) for x in XOR_X], XOR_Y), "loss")


def walk(name: str, title: str, y: Value, folder: Path, steps: int) -> None:
    """Print the first steps back from y and why the last came now; save all of them.

    A short walk is saved as frames too.
    """
    print(f"\n== {title}")
    stepper = Stepper(y)
    for _ in range(min(steps, len(stepper))):
        print(stepper.next())
    print(stepper.why())
    print(stepper.run())
    if len(stepper) <= steps:
        frames = stepper.save_frames(folder / name)
        print(f"   {frames[0]} … {frames[-1].name}")
    print(f"   {stepper.save(folder / f'{name}.html')}")


def main(argv: Sequence[str] | None = None) -> None:
    """Walk through four graphs, each larger than the one before."""
    args = demo_options(__doc__).parse_args(argv)

    title = choose("사과 두 개와 소비세", "Two apples and the tax")
    walk("apples", title, apples(), args.out, steps=2)
    title = choose("두 번 쓰이는 값: +=", "A value used twice: +=")
    walk("two_paths", title, two_paths(), args.out, steps=3)
    title = choose("뉴런 하나", "One neuron")
    walk("neuron", title, neuron(), args.out, steps=6)
    title = choose("두 층 신경망과 xor", "A network of two layers on xor")
    model = MLP(2, [2, 1], activation="tanh", seed=3)
    loss = xor_loss(model)
    walk("xor", title, loss, args.out, steps=3)

    print(
        choose(
            "\n== 이 기울기를 따라 한 걸음 내려가면",
            "\n== One step down these gradients",
        )
    )
    SGD(model.parameters(), lr=0.1).step()
    after = xor_loss(model)
    print(f"   {choose('손실', 'loss')}: {loss.data:.4f} → {after.data:.4f}")


if __name__ == "__main__":
    main()
