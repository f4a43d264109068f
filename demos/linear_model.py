"""The linear model o = W x + b, and why stacking linear models gains nothing.

선형 모델 o = W x + b, 그리고 선형 모델만 쌓으면 왜 소용이 없는지 봅니다.
"""

from collections.abc import Sequence

from micrograd_kr import MLP, Layer, Value, draw, jacobian
from micrograd_kr.cli import Demo
from micrograd_kr.course import bracketed, labelled
from micrograd_kr.text import choose

X = [2.0, 1.0, 4.0]
W = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]
B = [0.5, 1.0]


def linear_model(weights: Sequence[Sequence[float]], biases: Sequence[float]) -> Layer:
    """Build a layer without activation of these numbers: one neuron for each row."""
    layer = Layer(len(weights[0]), len(weights), activation=None)
    for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
        for p, number in zip(neuron.parameters(), [*row, bias], strict=True):
            p.data = number
    return layer


def slopes(model: Layer | MLP, x: Sequence[float]) -> list[list[float]]:
    """Give the derivative of each output with respect to each input, at x."""
    return jacobian(lambda *inputs: model(inputs), x)


def collapsed(model: MLP) -> Layer:
    """Give the one linear model that a stack of them is: its slopes, and it at 0."""
    zero = [0.0] * len(X)
    return linear_model(slopes(model, zero), [o.data for o in model(zero)])


def main(demo: Demo) -> None:
    """Print the numbers of a linear model and of two in a row; draw the first."""
    print(choose("== 변수 3개, 모델 2개", "== 3 variables, 2 models"))
    model = linear_model(W, B)
    outputs = labelled(model(labelled(map(Value, X), "x")), "o")
    print(f"x = {bracketed(X)}, W = {W}, b = {B}")
    print("o = W x + b =", bracketed(outputs))
    print(
        choose("기울기가 곧 가중치:", "the slopes are the weights:"), slopes(model, X)
    )

    print(choose("== 두 층을 이은 것과 한 층", "== Two layers in a row, and one"))
    far = [10 * number for number in X]
    for between in (None, "relu"):
        stack = MLP(3, [4, 2], activation=[between, None], seed=1)
        one = collapsed(stack)
        print(f"{between}: {bracketed(stack(far))}, {bracketed(one(far))}")

    sum(outputs).backward()
    demo.write(draw(outputs, partials=True), "linear_model.svg")


if __name__ == "__main__":
    main(Demo(__doc__))
