"""Softmax: from the outputs of a network to probabilities, for training; the largest output is enough to predict.

소프트맥스: 신경망의 출력을 확률로 바꿔 학습에 씁니다. 예측할 때는 가장 큰 출력만 고르면 됩니다.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from micrograd_kr import MLP, Value, no_grad, one_hot, softmax
from micrograd_kr.nn import Adam, accuracy, cross_entropy, predict
from micrograd_kr.training import evaluate, fit, make_spirals, make_yin_yang, plot

SETS = {"spiral · 나선": make_spirals, "yin-yang · 음양": make_yin_yang}


def rounded(xs: Sequence[Any]) -> list[float]:
    """Numbers or Values, to three digits."""
    return [round(float(x), 3) for x in xs]


def train(
    X: list[list[float]], y: list[int], epochs: int, progress: bool = True
) -> MLP:
    """A network with one output for each of 3 classes, trained with softmax inside the loss."""
    model = MLP(2, [16, 16, 3], seed=0)
    optimizer = Adam(model.parameters(), lr=0.02)
    fit(
        model, X, y, loss=cross_entropy, optimizer=optimizer, metric=accuracy, epochs=epochs, batch_size=16,
        progress=progress, compiled=True,
    )  # fmt: skip
    return model


def main(argv: Sequence[str] | None = None) -> None:
    """Print what softmax does to one output, train on two data sets, predict with and without it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print("== Outputs, probabilities, one-hot · 출력, 확률, 원-핫")
    logits = [Value(2.0, "o0"), Value(1.0, "o1"), Value(-1.0, "o2")]
    print("   outputs o       ", rounded(logits))
    print(
        "   softmax(o)      ",
        rounded(softmax(logits)),
        "sum",
        round(sum(softmax(logits)).data, 3),
    )
    print("   one-hot         ", one_hot(predict(logits), 3))

    print(
        "== Training needs softmax: its loss has a slope everywhere · 학습에는 소프트맥스가 필요합니다"
    )
    cross_entropy(logits, 1).backward()
    print(
        "   loss −log p1, slope ∂loss/∂o = softmax(o) − one-hot of the target:",
        rounded(o.grad for o in logits),
    )
    print(
        "   one-hot of the largest has slope 0: nothing to learn from. 원-핫은 기울기가 0이라 배울 수 없습니다."
    )

    print(
        "== Stable: the largest output is subtracted first · 가장 큰 출력을 먼저 빼서 넘치지 않습니다"
    )
    print("   softmax([1000, 0, 0]) =", rounded(softmax([1000.0, 0.0, 0.0])))
    try:
        math.exp(1000.0)
    except OverflowError as error:
        print(f"   exp(1000) alone: {error}")

    print("== Three classes · 세 클래스")
    picture = plot.figure(1, 2)
    for (name, make), ax in zip(SETS.items(), picture.axes, strict=True):
        print(f"-- {name}")
        X, y = make(150, seed=0)
        X_test, y_test = make(150, seed=1)
        model = train(X, y, args.epochs)
        loss, correct = evaluate(
            model, X_test, y_test, loss=cross_entropy, metric=accuracy
        )
        with no_grad():
            outputs = [model(x) for x in X_test]
            same = sum(predict(softmax(o)) == predict(o) for o in outputs)
        print(
            f"   loss 손실 {loss:.3f}, accuracy 정확도 {correct:.1%} on 150 new points · 새로운 점 150개"
        )
        print(
            f"   the largest probability and the largest output agree on {same} of {len(outputs)}"
        )
        plot.decision_boundary(
            model, X_test, y_test, ax=ax, title=f"{name}: accuracy {correct:.0%}"
        )
        ax.set_aspect("equal")
    print(
        "   exp and the division keep the order, so inference needs no softmax. 순서가 그대로라 추론에는 필요 없습니다."
    )

    print("== Picture · 그림")
    print("  ", plot.save(picture, args.out / "softmax.svg"))


if __name__ == "__main__":
    main()
