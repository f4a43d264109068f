"""Handwritten digits: 8 × 8 grey levels, ten classes, a network of 2410 parameters.

손글씨 숫자: 8 × 8 회색 점 64개를 보고 0부터 9까지 맞힙니다.
"""

from collections.abc import Sequence

from micrograd_kr import MLP, fit, no_grad, watch
from micrograd_kr.cli import demo_options, page_written
from micrograd_kr.nn import AdamW, accuracy, cross_entropy, predict
from micrograd_kr.text import choose
from micrograd_kr.training import load_digits, plot, train_test_split


def draw_answers(
    X: list[list[float]], answers: list[int], targets: list[int]
) -> plot.Picture:
    """Draw six digits that were read right, and up to twelve that were not."""
    pairs = list(enumerate(zip(answers, targets, strict=True)))
    right = [i for i, (answer, target) in pairs if answer == target]
    wrong = [i for i, (answer, target) in pairs if answer != target]
    picture = plot.figure(3, 6, size=(1.5, 1.7))
    for ax in picture.axes:
        ax.set_axis_off()
    for ax, i in zip(picture.axes, right[:6] + wrong, strict=False):
        rows = [X[i][8 * row : 8 * row + 8] for row in range(8)]
        ax.imshow(rows, cmap="gray_r")
        if answers[i] == targets[i]:
            ax.set_title(f"{answers[i]}", color="#222222")
        else:
            ax.set_title(f"{answers[i]} ≠ {targets[i]}", color="#c0392b")
    title = choose("답, 빨강은 틀린 것", "Answers; red: wrong ≠ right")
    picture.suptitle(title)
    return picture


def main(argv: Sequence[str] | None = None) -> None:
    """Train on three quarters of the digits; print the accuracy on the rest."""
    options = demo_options(__doc__, page=True)
    options.add_argument("--epochs", type=int, default=30)
    options.add_argument(
        "--eager",
        action="store_true",
        help=choose(
            "컴파일하지 않습니다: 약 열 배 오래 걸립니다",
            "without the compiler: about ten times as long",
        ),
    )
    args = options.parse_args(argv)

    X_train, X_test, y_train, y_test = train_test_split(*load_digits(), seed=0)
    print(
        choose(
            f"== 학습할 숫자 {len(X_train)}개, 시험할 숫자 {len(X_test)}개",
            f"== {len(X_train)} digits to learn from, {len(X_test)} held out",
        )
    )
    model = MLP(64, [32, 10], seed=0)
    history = fit(
        model,
        X_train,
        y_train,
        loss=cross_entropy,
        optimizer=AdamW(model.parameters(), lr=0.005, weight_decay=0.1),
        validation=(X_test, y_test),
        metric=accuracy,
        epochs=args.epochs,
        batch_size=32,
        compiled=not args.eager,
    )
    held_out = choose("시험할 숫자의 정확도", "accuracy on held-out digits")
    print(f"   {held_out}: {history[-1].metric:.1%}")

    print(choose("== 그림", "== Picture"))
    with no_grad():
        answers = [predict(model(x)) for x in X_test]
    picture = draw_answers(X_test, answers, y_test)
    print("  ", plot.save(picture, args.out / "digits.svg"))
    print(choose("== 배우는 모습", "== The page where it learns"))
    untrained = MLP(64, [32, 10], seed=0)
    page = watch(  # of some of the digits: a page is to be small
        untrained,
        X_train[:200],
        y_train[:200],
        loss=cross_entropy,
        optimizer=AdamW(untrained.parameters(), lr=0.005, weight_decay=0.1),
        validation=(X_test[:80], y_test[:80]),
        batch_size=32,
    )
    page_written(page.save(args.out / "digits.html"), args.open)


if __name__ == "__main__":
    main()
