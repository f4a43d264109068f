"""Three ways to the same line: gradient descent, the pseudo-inverse and scikit-learn's LinearRegression.

같은 직선에 이르는 세 가지 길: 경사 하강법, 유사역행렬(pinv), scikit-learn의 LinearRegression.
1로 채운 열을 더하느냐, 곧 절편(intercept)이 있느냐에 따라 답이 같기도 하고 다르기도 합니다.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LinearRegression

from micrograd_kr import Layer
from micrograd_kr.nn import SGD, mse
from micrograd_kr.training import fit, plot

WITH = ("gradient descent 경사 하강", "pinv([X 1]) y", "LinearRegression()")
WITHOUT = ("pinv(X) y", "LinearRegression(fit_intercept=False)")
Rows = list[list[float]]


def powers(x: float) -> list[float]:
    """Polynomial features: a curve in x is a linear model of these."""
    return [x, x**2, x**3]


def data_sets() -> dict[str, tuple[Rows, list[float]]]:
    """Name, X and y: as many equations as unknowns; more equations, with noise; the same for a cubic."""
    rng = random.Random(0)
    line = [rng.uniform(0, 2) for _ in range(30)]
    cubic = [rng.uniform(-1, 1) for _ in range(30)]
    return {
        "exactly solvable, y = 2 x0 − x1 + 5 · 정확히 풀리는 경우": (
            [[1.0, 2.0], [2.0, 0.5], [0.0, 1.0]],
            [5.0, 8.5, 4.0],
        ),
        "over-determined, y = 2 x0 + 5 + noise · 식이 더 많은 경우": (
            [[x] for x in line],
            [2 * x + 5 + rng.gauss(0, 0.5) for x in line],
        ),
        "polynomial features x, x², x³ · 다항 특성": (
            [powers(x) for x in cubic],
            [1 + 2 * x - 3 * x**2 + 1.5 * x**3 + rng.gauss(0, 0.15) for x in cubic],
        ),
    }


def coefficients(X: Rows, y: list[float], epochs: int) -> dict[str, list[float]]:
    """The weights and, last, the intercept that each way finds."""
    model = Layer(len(X[0]), 1, activation=None, seed=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    fit(model, X, y, loss=mse, optimizer=optimizer, epochs=epochs, progress=False)
    features, ones = np.array(X), np.ones((len(X), 1))
    regression, through_zero = (
        LinearRegression().fit(X, y),
        LinearRegression(fit_intercept=False).fit(X, y),
    )
    found = [
        [p.data for p in model.parameters()],
        np.linalg.pinv(np.hstack([features, ones])) @ y,
        [*regression.coef_, regression.intercept_],
        [*(np.linalg.pinv(features) @ y), 0.0],
        [*through_zero.coef_, 0.0],
    ]
    return {
        name: [float(c) for c in row]
        for name, row in zip(WITH + WITHOUT, found, strict=True)
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Print a table of coefficients for each data set; draw the fits with and without the column of ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=1500)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    tables = {}
    for name, (X, y) in data_sets().items():
        print(
            f"== {name}: {len(X)} equations, {len(X[0]) + 1} unknowns · 식 {len(X)}개, 미지수 {len(X[0]) + 1}개"
        )
        print("   " + "".join(f"{f'w{i}':>9}" for i in range(len(X[0]))) + f"{'b':>9}")
        tables[name] = coefficients(X, y, args.epochs)
        for way, row in tables[name].items():
            print("   " + "".join(f"{c:>9.4f}" for c in row) + f"   {way}")

    print("== Why · 왜 그럴까요")
    print(
        "   LinearRegression fits an intercept b, and so does our neuron: o = w·x + b. The pseudo-inverse solves"
    )
    print(
        "   y = X w, a line through zero. A column of ones gives b a weight of its own, b × 1, and all three agree;"
    )
    print(
        "   without it the line is forced through zero and every coefficient changes."
    )
    print(
        "   LinearRegression과 우리 뉴런(o = w·x + b)에는 절편 b가 있습니다. 유사역행렬은 y = X w, 곧 원점을 지나는"
    )
    print(
        "   직선을 풉니다. 1로 채운 열을 더하면 b × 1이 되어 b도 가중치 하나가 되고, 셋의 답이 같아집니다."
    )
    print("   그 열이 없으면 직선이 원점을 지나야 하므로 모든 계수가 달라집니다.")

    picture = plot.figure(1, 2)
    curves = [lambda x: [x], powers]
    for ax, (name, (X, y)), features in zip(
        picture.axes, list(data_sets().items())[1:], curves, strict=True
    ):
        low, high = min(0.0, *(x[0] for x in X)), max(x[0] for x in X)
        xs = [low + (high - low) * i / 100 for i in range(101)]
        ax.scatter([x[0] for x in X], y, s=18, color="#555555")
        for way, style in ((WITH[0], "-"), (WITH[1], "--"), (WITHOUT[0], ":")):
            *w, b = tables[name][way]
            ax.plot(
                xs,
                [sum(map(float.__mul__, w, features(x))) + b for x in xs],
                style,
                linewidth=2,
                label=way,
            )
        ax.set(title=name, xlabel="x", ylabel="y")
        ax.legend(fontsize="small")
    print("== Picture · 그림")
    print("  ", plot.save(picture, args.out / "least_squares.svg"))


if __name__ == "__main__":
    main()
