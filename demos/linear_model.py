"""The linear model o = W x + b: p models of d variables, and why stacking them gains nothing.

선형 모델 o = W x + b: 변수 d개를 받는 모델 p개, 그리고 선형 모델만 쌓으면 왜 소용이 없는지 봅니다.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, Layer, Value, grad
from micrograd_kr.picture import draw

X = [2.0, 1.0, 4.0]
W = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]
B = [0.5, 1.0]


def linear_model(weights: Sequence[Sequence[float]], biases: Sequence[float]) -> Layer:
    """A layer without activation, with these numbers: one neuron for each row."""
    layer = Layer(len(weights[0]), len(weights), activation=None)
    for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
        neuron.b.data = bias
        for w, number in zip(neuron.w, row, strict=True):
            w.data = number
    return layer


def slopes(model: Layer | MLP, x: Sequence[float]) -> list[list[float]]:
    """The derivative of each output of ``model`` with respect to each input, at x."""
    inputs = [Value(number) for number in x]
    return [[d.data for d in grad(o, inputs)] for o in model(inputs)]


def collapsed(model: MLP) -> Layer:
    """The one linear model that a stack of linear models amounts to: its slopes, and its outputs at 0."""
    zero = [0.0] * len(model.layers[0].neurons[0].w)
    return linear_model(slopes(model, zero), [o.data for o in model(zero)])


def main(argv: Sequence[str] | None = None) -> None:
    """Print the numbers of a linear model, of two in a row, and draw the first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print("== d = 3 variables, p = 2 models: o = W x + b · 변수 3개, 모델 2개")
    x = [Value(number, f"x{i}") for i, number in enumerate(X)]
    outputs = linear_model(W, B)(x)
    for i, (o, row, b) in enumerate(zip(outputs, W, B, strict=True)):
        products = " + ".join(f"({w:g} × {xi:g})" for w, xi in zip(row, X, strict=True))
        print(f"   o{i} = {products} + {b:g} = {o.data:g}")

    print("== Its slopes are its weights: ∂o/∂x = W · 기울기가 곧 가중치")
    for i, row in enumerate(slopes(linear_model(W, B), X)):
        print(f"   ∂o{i}/∂x = {row}")

    print(
        "== Two linear models in a row are one linear model · 선형 모델 둘을 이어도 선형 모델 하나"
    )
    for activation in (None, "relu"):
        model = MLP(3, [4, 2], activation=[activation, None], seed=1)
        one = collapsed(model)
        far = [10 * number for number in X]
        print(
            f"   activation {activation or 'none'}: at 10 x two layers give",
            [round(o.data, 3) for o in model(far)],
        )
        print(
            f"   {'':>11}  and one layer of the slopes at 0 gives",
            [round(o.data, 3) for o in one(far)],
        )
    print(
        "   Only an activation between them makes a new kind of function: demos/activations.py"
    )
    print("   사이에 활성화 함수가 있어야 새로운 함수가 됩니다.")

    for i, o in enumerate(outputs):
        o.label = f"o{i}"
    sum(outputs).backward()
    print("== Picture · 그림")
    print("  ", draw(outputs, partials=True).save(args.out / "linear_model.svg"))


if __name__ == "__main__":
    main()
