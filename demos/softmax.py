"""Softmax: from the outputs of a network to probabilities.

소프트맥스: 신경망의 출력을 확률로 바꿉니다.

Training needs it; to predict, the largest output is enough.

학습에는 필요하고, 예측할 때는 가장 큰 출력만 고르면 됩니다.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd_kr import MLP, Value, fit, no_grad, one_hot, softmax
from micrograd_kr.cli import demo_options
from micrograd_kr.nn import Adam, accuracy, cross_entropy, predict
from micrograd_kr.text import choose
from micrograd_kr.training import Data, evaluate, make_spirals, make_yin_yang, plot

SETS: dict[str, Callable[..., Data]] = {
    "spiral": make_spirals,
    "yin-yang": make_yin_yang,
}
IN_KOREAN = {"spiral": "나선", "yin-yang": "음양"}
OUTPUTS = (2.0, 1.0, -1.0)  # of a network, for three classes
TEMPERATURES = (0.2, 1.0, 5.0)
TARGET = 1


def rounded(xs: Iterable[Any]) -> list[float]:
    """Give numbers or Values to three digits."""
    return [round(getattr(x, "data", x), 3) for x in xs]


def outputs() -> list[Value]:
    """Give the outputs to look at."""
    return [Value(number, f"o{i}") for i, number in enumerate(OUTPUTS)]


def warmed(logits: Sequence[Any], temperature: Any) -> list[Any]:
    """Give softmax(o / T): sharp where T is small, even where it is large."""
    return softmax([o / temperature for o in logits])


def train(
    X: list[list[float]], y: list[int], epochs: int, progress: bool = True
) -> MLP:
    """Train a network of 3 outputs, one a class, with softmax inside the loss."""
    model = MLP(2, [16, 16, 3], seed=0)
    fit(
        model,
        X,
        y,
        loss=cross_entropy,
        optimizer=Adam(model.parameters(), lr=0.02),
        metric=accuracy,
        epochs=epochs,
        batch_size=16,
        progress=progress,
        compiled=True,
    )
    return model


def show_numbers() -> None:
    """Print what softmax does to one output, and why training needs it."""
    print(choose("== 출력, 확률, 원-핫", "== Outputs, probabilities, one-hot"))
    logits = outputs()
    probabilities = softmax(logits)
    total = sum(probabilities).data
    print("   o           ", rounded(logits))
    print("   softmax(o)  ", rounded(probabilities), "Σ =", round(total, 3))
    print("   one-hot     ", one_hot(predict(logits), 3))

    print(choose("== 온도 T: softmax(o / T)", "== Temperature T: softmax(o / T)"))
    for temperature in TEMPERATURES:
        print(f"   T = {temperature:<4}", rounded(warmed(OUTPUTS, temperature)))

    print(
        choose(
            "== 학습에는 소프트맥스가 필요합니다: 손실에 어디서나 기울기가 있습니다",
            "== Training needs softmax: its loss has a slope everywhere",
        )
    )
    cross_entropy(logits, TARGET).backward()
    told = choose("o의 grad = softmax(o) − 원-핫", "grads of o = softmax(o) − one-hot")
    print(f"   loss = −log p1, {told}: {rounded(o.grad for o in logits)}")
    print(
        choose(
            "   가장 큰 것의 원-핫은 기울기가 0이라 배울 수 없습니다.",
            "   The one-hot of the largest has slope 0: nothing to learn from.",
        )
    )

    print(
        choose(
            "== 가장 큰 출력을 먼저 빼서 넘치지 않습니다",
            "== Stable: the largest output is subtracted first",
        )
    )
    print("   softmax([1000, 0, 0]) =", rounded(softmax([1000.0, 0.0, 0.0])))
    try:
        math.exp(1000.0)
    except OverflowError:
        print(choose("   exp(1000)만으로는 넘칩니다", "   exp(1000) alone overflows"))


def main(argv: Sequence[str] | None = None) -> None:
    """Show softmax in numbers; train on two data sets; predict with and without it."""
    options = demo_options(__doc__)
    options.add_argument("--epochs", type=int, default=60)
    args = options.parse_args(argv)

    show_numbers()
    print(choose("== 세 클래스", "== Three classes"))
    picture = plot.figure(1, 2)
    for (name, make), ax in zip(SETS.items(), picture.axes, strict=True):
        shown = choose(IN_KOREAN[name], name)
        print(f"-- {shown}")
        X, y = make(150, seed=0)
        X_new, y_new = make(150, seed=1)
        model = train(X, y, args.epochs)
        _, correct = evaluate(model, X_new, y_new, loss=cross_entropy, metric=accuracy)
        with no_grad():
            outputs = [model(x) for x in X_new]
            same = sum(predict(softmax(o)) == predict(o) for o in outputs)
        print(
            choose(
                f"   새로운 점 150개의 정확도 {correct:.1%}\n"
                f"   가장 큰 확률과 가장 큰 출력이 {same}개에서 같습니다",
                f"   accuracy {correct:.1%} on 150 new points\n"
                f"   the largest probability and the largest output agree on {same}",
            )
        )
        plot.decision_boundary(
            model, X_new, y_new, ax=ax, title=f"{shown}: {correct:.0%}"
        )
        ax.set_aspect("equal")
    print(
        choose(
            "   exp와 나눗셈은 순서를 바꾸지 않아 추론에는 필요 없습니다.",
            "   exp and the division keep the order: inference needs no softmax.",
        )
    )
    print(choose("== 그림", "== Picture"))
    print("  ", plot.save(picture, args.out / "softmax.svg"))


if __name__ == "__main__":
    main()
