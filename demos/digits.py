"""Handwritten digits: 8 × 8 grey levels, ten classes, a network of 2410 parameters.

손글씨 숫자: 8 × 8 회색 점 64개를 보고 0부터 9까지 맞힙니다.
"""

from micrograd_kr import MLP, fit, no_grad, watch
from micrograd_kr.cli import Demo
from micrograd_kr.nn import AdamW, accuracy, cross_entropy, predict
from micrograd_kr.text import choose
from micrograd_kr.training import load_digits, plot, train_test_split


@no_grad()
def draw_wrong(model: MLP, X: list[list[float]], y: list[int]) -> plot.Picture:
    """Draw digits that are read wrong, with the answer and what is right."""
    picture = plot.figure(2, 6, size=(1.5, 1.7))
    for ax in picture.axes:
        ax.set_axis_off()
    answers = [predict(model(x)) for x in X]
    wrong = [i for i, target in enumerate(y) if answers[i] != target]
    for ax, i in zip(picture.axes, wrong, strict=False):
        ax.imshow([X[i][8 * row : 8 * row + 8] for row in range(8)], cmap="gray_r")
        ax.set_title(f"{answers[i]} ≠ {y[i]}")
    return picture


def main(demo: Demo) -> None:
    """Train on three quarters of the digits; print the accuracy on the rest."""
    X, X_test, y, y_test = train_test_split(*load_digits(), seed=0)
    model = MLP(64, [32, 10], seed=0)
    optimizer = AdamW(model.parameters(), lr=0.005, weight_decay=0.1)
    page = watch(  # before it learns, and of some digits: a page is to be small
        model,
        X[:200],
        y[:200],
        loss=cross_entropy,
        optimizer=optimizer,
        validation=(X_test[:80], y_test[:80]),
        batch_size=32,
    )
    history = fit(
        model,
        X,
        y,
        loss=cross_entropy,
        optimizer=optimizer,
        validation=(X_test, y_test),
        metric=accuracy,
        epochs=demo.epochs,
        batch_size=32,
        compiled=True,
    )
    held_out = choose("시험할 숫자의 정확도", "accuracy on held-out digits")
    print(f"{held_out}: {history[-1].metric:.1%}")
    demo.write(draw_wrong(model, X_test, y_test), "digits.svg")
    demo.write(page, "digits.html")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=30))
