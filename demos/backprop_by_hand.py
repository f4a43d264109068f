"""Backpropagation by hand beside backward(): o = W2 σ(W1 x + b1) + b2, L = (o − t)².

손으로 하는 역전파를 backward()와 나란히 봅니다: 상류 기울기 × 국소 미분, 곧 연쇄법칙.

(Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986.)
"""  # noqa: E501 (the title of the paper)

import numpy as np

from micrograd_kr import MLP, Stepper, Value, draw
from micrograd_kr.cli import Demo
from micrograd_kr.course import labelled, seconds
from micrograd_kr.text import choose

X, T = [1.0, 2.0], 1.0
W1 = [[0.5, -0.25], [-1.0, 0.75]]
B1 = [0.25, -1.0]
W2 = [1.5, -2.0]
B2 = 0.5


def network() -> MLP:
    """Build two inputs, two sigmoid neurons, one linear output of these numbers."""
    model = MLP(2, [2, 1], activation="sigmoid")
    numbers = [*W1[0], B1[0], *W1[1], B1[1], *W2, B2]
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    return model


def loss_of(model: MLP) -> Value:
    """Go forward: from x through z, h and o to the loss."""
    hidden, last = model.layers
    h = labelled(hidden(labelled(map(Value, X), "x")), "h")
    labelled([v.parents[0] for v in h], "z")
    o = last(h)
    loss = (o - T) ** 2
    o.label, loss.label = "o", "L"
    return loss


def by_hand() -> list[float]:
    """Give the nine gradients, in the order of the parameters, by the chain rule.

    What the code calls d_o is o.grad, the slope of L with respect to o.
    """
    z = np.dot(W1, X) + B1
    h = 1 / (1 + np.exp(-z))
    o = np.dot(W2, h) + B2

    d_o = 2 * (o - T)
    d_w2 = d_o * h
    d_h = d_o * np.array(W2)
    d_z = d_h * h * (1 - h)
    d_w1 = np.outer(d_z, X)
    return [*d_w1[0], d_z[0], *d_w1[1], d_z[1], *d_w2, d_o]


def main(demo: Demo) -> None:
    """Print the calculation beside backward(), time both passes, draw the graph."""
    print(choose("== 손으로 구한 기울기와 backward()", "== By hand, and backward()"))
    model = network()
    loss = loss_of(model)
    loss.backward()
    for (name, p), d in zip(model.named_parameters(), by_hand(), strict=True):
        print(f"{name:<18}{d:>18.12f}{p.grad:>18.12f}")
    demo.write(draw(loss, partials=True), "backprop_by_hand.svg")

    print(choose("== 걸린 시간", "== Time of each pass"))
    forward = choose("순전파", "forward propagation")
    backward = choose("역전파", "backpropagation")
    print(f"{forward} {seconds(lambda: loss_of(model), 500) * 1e6:.1f} µs")
    print(f"{backward} {seconds(loss.backward, 500) * 1e6:.1f} µs")

    loss.zero_grad()
    demo.write(Stepper(loss), "backprop_by_hand.html")


if __name__ == "__main__":
    main(Demo(__doc__))
