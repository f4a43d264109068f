"""Softmax: from the outputs of a network to probabilities.

소프트맥스: 신경망의 출력을 확률로 바꿉니다.

Training needs it; to predict, the largest output is enough.

학습에는 필요하고, 예측할 때는 가장 큰 출력만 고르면 됩니다.
"""

from collections.abc import Sequence
from typing import Any

from micrograd_kr import Value, draw, logsumexp, one_hot, softmax
from micrograd_kr.cli import Demo
from micrograd_kr.course import bracketed, labelled
from micrograd_kr.nn import predict
from micrograd_kr.text import choose

OUTPUTS = (2.0, 1.0, -1.0)  # of a network, for three classes
TEMPERATURES = (0.2, 1.0, 5.0)
TARGET = 1


def outputs() -> list[Value]:
    """Give the outputs to look at."""
    return labelled(map(Value, OUTPUTS), "o")


def warmed(logits: Sequence[Any], temperature: Any) -> list[Any]:
    """Give softmax(o / T): sharp where T is small, even where it is large."""
    return softmax([o / temperature for o in logits])


def main(demo: Demo) -> None:
    """Show softmax in numbers, and the grads of its loss in the graph."""
    print(choose("== 출력, 확률, 원-핫", "== Outputs, probabilities, one-hot"))
    o = outputs()
    print("o                =", bracketed(o), one_hot(predict(o), 3))
    for temperature in TEMPERATURES:
        p = warmed(OUTPUTS, temperature)
        print(f"softmax(o / {temperature}) =", bracketed(p), one_hot(predict(p), 3))

    print(choose("== 학습: grad = p − 원-핫", "== Training: grads = p − one-hot"))
    loss = logsumexp(o) - o[TARGET]  # −log p1
    loss.label = "loss"
    loss.backward()
    print("p      =", bracketed(softmax(o)))
    print("o.grad =", bracketed(v.grad for v in o))
    demo.write(draw(loss, partials=True), "softmax.svg")


if __name__ == "__main__":
    main(Demo(__doc__))
