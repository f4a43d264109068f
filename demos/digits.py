"""Handwritten digits: 8 × 8 grey levels, ten classes, a network of 2410 parameters.

손글씨 숫자: 8 × 8 회색 점 64개를 보고 0부터 9까지 맞힙니다.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, no_grad
from micrograd_kr.nn import AdamW, accuracy, cross_entropy, predict
from micrograd_kr.training import fit, load_digits, plot, train_test_split


def main(argv: Sequence[str] | None = None) -> None:
    """Train on three quarters of the digits, print the accuracy on the rest, draw some with the answers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument(
        "--eager",
        action="store_true",
        help="without the compiler: about ten times as long",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    X_train, X_test, y_train, y_test = train_test_split(*load_digits(), seed=0)
    model = MLP(64, [32, 10], seed=0)
    print(
        f"== {len(X_train)} digits to learn from, {len(X_test)} held out · 학습 {len(X_train)}개, 시험 {len(X_test)}개"
    )
    optimizer = AdamW(model.parameters(), lr=0.005, weight_decay=0.1)
    history = fit(
        model, X_train, y_train, loss=cross_entropy, optimizer=optimizer, validation=(X_test, y_test), metric=accuracy,
        epochs=args.epochs, batch_size=32, compiled=not args.eager,
    )  # fmt: skip
    print(f"   accuracy on held-out digits · 시험 정확도: {history[-1].metric:.1%}")

    print("== Picture · 그림")
    with no_grad():
        answers = [predict(model(x)) for x in X_test]
    wrong = [
        i
        for i, (answer, t) in enumerate(zip(answers, y_test, strict=True))
        if answer != t
    ]
    right = [i for i in range(len(y_test)) if i not in wrong]
    picture = plot.figure(3, 6, size=(1.5, 1.7))
    for ax in picture.axes:
        ax.set_axis_off()
    for ax, i in zip(
        picture.axes, (right[:6] + wrong)[: len(picture.axes)], strict=False
    ):
        ax.imshow([X_test[i][8 * row : 8 * row + 8] for row in range(8)], cmap="gray_r")
        color = "#222222" if answers[i] == y_test[i] else "#c0392b"
        ax.set_title(
            f"{answers[i]}"
            if answers[i] == y_test[i]
            else f"{answers[i]}, not {y_test[i]}",
            color=color,
        )
    picture.suptitle("Answers; red: wrong · 답, 빨강은 틀린 것")
    print("  ", plot.save(picture, args.out / "digits.svg"))


if __name__ == "__main__":
    main()
