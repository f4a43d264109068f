"""Networks of two and of many layers, number by number: z = W1 x + b1, h = σ(z), o = W2 h + b2.

2층 신경망과 다층 신경망을 숫자로 따라갑니다: z = W1 x + b1, h = σ(z), o = W2 h + b2.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from micrograd_kr import MLP, Value
from micrograd_kr.picture import draw

W1, B1 = [[1.0, -1.0], [0.5, 2.0], [-2.0, 0.0]], [0.0, 0.0, 1.0]
W2, B2 = [[1.0, -2.0, 0.5], [3.0, 0.0, 1.0]], [0.5, -1.0]


def two_layers() -> MLP:
    """Two inputs, three hidden neurons with sigmoid, two linear outputs, with the numbers above."""
    model = MLP(2, [3, 2], activation="sigmoid")
    for layer, weights, biases in zip(model.layers, (W1, W2), (B1, B2), strict=True):
        for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
            neuron.b.data = bias
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
    return model


def forward(model: MLP, x: list[Value]) -> list[tuple[list[Value], list[Value]]]:
    """For each layer its linear part z and its output h, computed by the layer; h is z where it is linear."""
    steps = []
    for layer in model.layers:
        h = layer.fire(x)
        z = [
            v if neuron.activation is None else v.parents[0]
            for v, neuron in zip(h, layer.neurons, strict=True)
        ]
        steps.append((z, h))
        x = h
        for i, (before, after) in enumerate(zip(z, h, strict=True)):
            before.label, after.label = (
                f"z{i}",
                f"h{i}" if after is not before else f"o{i}",
            )
    return steps


def show(values: Iterable[Value]) -> str:
    """Numbers in brackets, to four digits."""
    return "[" + ", ".join(f"{v.data:.4f}" for v in values) + "]"


def tell(model: MLP, x: list[Value]) -> list[Value]:
    """Print the forward pass layer by layer; return the outputs."""
    print(f"   x = {show(x)}")
    before = "x"
    for k, (z, h) in enumerate(forward(model, x), 1):
        last, activation = (
            k == len(model.layers),
            model.layers[k - 1].neurons[0].activation,
        )
        print(
            f"   layer{k - 1}: {'o' if last else f'z{k}'} = W{k} {before} + b{k} = {show(z)}"
        )
        if not last:
            print(f"           h{k} = {activation}(z{k}) = {show(h)}")
        before = f"h{k}"
    return h


def main(argv: Sequence[str] | None = None) -> None:
    """Print and draw a network of two layers and one of four."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the pictures (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    x = [Value(1.0, "x0"), Value(0.5, "x1")]

    print("== Two layers · 2층 신경망")
    for name, numbers in (("W1", W1), ("b1", B1), ("W2", W2), ("b2", B2)):
        print(f"   {name} = {numbers}")
    small = tell(two_layers(), x)
    print(
        "== Many layers: the same again and again · 다층 신경망: 같은 일을 되풀이합니다"
    )
    deep = tell(MLP(2, [4, 4, 3, 2], activation="tanh", seed=0), x)

    print("== Pictures, layer by layer · 층별로 그린 그림")
    for outputs, name, fold in (
        (small, "two_layers.svg", False),
        (deep, "many_layers.svg", True),
    ):
        print("  ", draw(outputs, fold=fold).save(args.out / name))


if __name__ == "__main__":
    main()
