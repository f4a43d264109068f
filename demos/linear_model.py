"""The linear model o = W x + b, and why stacking linear models gains nothing.

선형 모델 o = W x + b, 그리고 선형 모델만 쌓으면 왜 소용이 없는지 봅니다.
"""

from collections.abc import Sequence

from micrograd_kr import MLP, Layer, Value, draw, grad
from micrograd_kr.cli import demo_options
from micrograd_kr.text import choose

X = [2.0, 1.0, 4.0]
W = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]
B = [0.5, 1.0]


def linear_model(weights: Sequence[Sequence[float]], biases: Sequence[float]) -> Layer:
    """Build a layer without activation of these numbers: one neuron for each row."""
    layer = Layer(len(weights[0]), len(weights), activation=None)
    for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
        neuron.b.data = bias
        for w, number in zip(neuron.w, row, strict=True):
            w.data = number
    return layer


def slopes(model: Layer | MLP, x: Sequence[float]) -> list[list[float]]:
    """Give the derivative of each output with respect to each input, at x."""
    inputs = [Value(number) for number in x]
    rows = [grad(output, inputs) for output in model(inputs)]
    return [[slope.data for slope in row] for row in rows]


def collapsed(model: MLP) -> Layer:
    """Give the one linear model that a stack of them is: its slopes, and it at 0."""
    zero = [0.0] * len(model.layers[0].neurons[0].w)
    return linear_model(slopes(model, zero), [o.data for o in model(zero)])


def rounded(values: Sequence[Value]) -> list[float]:
    """Give the numbers to three digits."""
    return [round(v.data, 3) for v in values]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the numbers of a linear model and of two in a row; draw the first."""
    args = demo_options(__doc__).parse_args(argv)

    print(
        choose(
            "== 변수 3개, 모델 2개: o = W x + b",
            "== 3 variables, 2 models: o = W x + b",
        )
    )
    x = [Value(number, f"x{i}") for i, number in enumerate(X)]
    outputs = linear_model(W, B)(x)
    for i, (o, row, b) in enumerate(zip(outputs, W, B, strict=True)):
        products = [f"({w:g} × {xi:g})" for w, xi in zip(row, X, strict=True)]
        print(f"   o{i} = {' + '.join(products)} + {b:g} = {o.data:g}")

    print(choose("== 기울기가 곧 가중치", "== Its slopes are its weights"))
    for i, row in enumerate(slopes(linear_model(W, B), X)):
        print(f"   o{i}.backward(): x.grad = {row}")

    print(
        choose(
            "== 선형 모델 둘을 이어도 선형 모델 하나",
            "== Two linear models in a row are one linear model",
        )
    )
    far = [10 * number for number in X]
    for activation in (None, "relu"):
        model = MLP(3, [4, 2], activation=[activation, None], seed=1)
        two = choose("두 층", "two layers")
        one = choose("한 층", "one layer")
        print(f"   {choose('활성화 함수', 'activation')}: {activation}")
        print(f"      {two}: {rounded(model(far))}")
        print(f"      {one}: {rounded(collapsed(model)(far))}")
    print(
        choose(
            "   사이에 활성화 함수가 있어야 새로운 함수가 됩니다: activations 데모",
            "   Only an activation between them makes a new kind of function:"
            " the demo activations",
        )
    )

    for i, o in enumerate(outputs):
        o.label = f"o{i}"
    sum(outputs).backward()
    print(choose("== 그림", "== Picture"))
    print("  ", draw(outputs, partials=True).save(args.out / "linear_model.svg"))


if __name__ == "__main__":
    main()
