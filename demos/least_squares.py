"""Three ways to one line: gradient descent, the pseudo-inverse and LinearRegression.

같은 직선에 이르는 세 가지 길: 경사 하강법, 유사역행렬(pinv), LinearRegression.

With a column of ones, which is an intercept, they agree; without it they do not.

1로 채운 열, 곧 절편(intercept)이 있으면 답이 같고, 없으면 다릅니다.
"""

import random
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.linear_model import LinearRegression

from micrograd_kr import Layer, fit
from micrograd_kr.cli import demo_options
from micrograd_kr.nn import SGD, mse
from micrograd_kr.text import choose
from micrograd_kr.training import plot

WITH = ("gradient descent", "pinv([X 1]) y", "LinearRegression()")
WITHOUT = ("pinv(X) y", "LinearRegression(fit_intercept=False)")
Rows = list[list[float]]


def itself(x: float) -> list[float]:
    """Give the features of a straight line."""
    return [x]


def powers(x: float) -> list[float]:
    """Give polynomial features: a curve in x is a linear model of these."""
    return [x, x**2, x**3]


def data_sets() -> dict[str, tuple[Rows, list[float]]]:
    """Make X and y by name: exactly solvable; more equations, with noise; a cubic."""
    rng = random.Random(0)
    line = [rng.uniform(0, 2) for _ in range(30)]
    cubic = [rng.uniform(-1, 1) for _ in range(30)]
    exact = [[1.0, 2.0], [2.0, 0.5], [0.0, 1.0]]
    y_line = [2 * x + 5 + rng.gauss(0, 0.5) for x in line]
    y_cubic = [1 + 2 * x - 3 * x**2 + 1.5 * x**3 + rng.gauss(0, 0.15) for x in cubic]
    solvable = choose("정확히 풀리는 경우", "exactly solvable")
    over = choose("식이 더 많은 경우", "over-determined")
    features = choose("다항 특성", "polynomial features")
    return {
        f"{solvable}, y = 2 x0 − x1 + 5": (exact, [5.0, 8.5, 4.0]),
        f"{over}, y = 2 x0 + 5": ([itself(x) for x in line], y_line),
        f"{features} x, x², x³": ([powers(x) for x in cubic], y_cubic),
    }


def coefficients(X: Rows, y: list[float], epochs: int) -> dict[str, list[float]]:
    """Give the weights and, last, the intercept that each way finds."""
    model = Layer(len(X[0]), 1, activation=None, seed=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    fit(model, X, y, loss=mse, optimizer=optimizer, epochs=epochs, progress=False)
    features = np.array(X)
    ones = np.ones((len(X), 1))
    regression = LinearRegression().fit(X, y)
    through_zero = LinearRegression(fit_intercept=False).fit(X, y)
    found = [
        [p.data for p in model.parameters()],
        np.linalg.pinv(np.hstack([features, ones])) @ y,
        [*regression.coef_, regression.intercept_],
        [*(np.linalg.pinv(features) @ y), 0.0],
        [*through_zero.coef_, 0.0],
    ]
    table = {}
    for way, numbers in zip(WITH + WITHOUT, found, strict=True):
        table[way] = [float(number) for number in numbers]
    return table


def draw_fit(
    ax: plot.Axes,
    data: tuple[Rows, list[float]],
    features: Callable[[float], list[float]],
    table: dict[str, list[float]],
) -> None:
    """Draw the samples, and the curves with and without the column of ones."""
    X, y = data
    samples = [x[0] for x in X]
    low, high = min(0.0, *samples), max(samples)
    xs = [low + (high - low) * i / 100 for i in range(101)]
    ax.scatter(samples, y, s=18, color="#555555")
    for way, style in ((WITH[0], "-"), (WITH[1], "--"), (WITHOUT[0], ":")):
        *w, b = table[way]
        curve = [float(np.dot(w, features(x))) + b for x in xs]
        ax.plot(xs, curve, style, linewidth=2, label=way)
    ax.set(xlabel="x", ylabel="y")
    ax.legend(fontsize="small")


def main(argv: Sequence[str] | None = None) -> None:
    """Print the coefficients for each data set; draw the fits."""
    options = demo_options(__doc__)
    options.add_argument("--epochs", type=int, default=1500)
    args = options.parse_args(argv)

    tables = []
    sets = data_sets()
    for name, (X, y) in sets.items():
        unknowns = len(X[0]) + 1
        print(
            choose(
                f"== {name}: 식 {len(X)}개, 미지수 {unknowns}개",
                f"== {name}: {len(X)} equations, {unknowns} unknowns",
            )
        )
        heads = [f"w{i}" for i in range(len(X[0]))] + ["b"]
        print("   " + "".join(f"{head:>9}" for head in heads))
        table = coefficients(X, y, args.epochs)
        tables.append(table)
        for way, numbers in table.items():
            print("   " + "".join(f"{c:>9.4f}" for c in numbers) + f"   {way}")

    print(choose("== 왜 그럴까요", "== Why"))
    print(
        choose(
            "   LinearRegression과 우리 뉴런(o = w·x + b)에는 절편 b가 있습니다.\n"
            "   유사역행렬은 y = X w, 곧 원점을 지나는 직선을 풉니다. 1로 채운 열을\n"
            "   더하면 b × 1이 되어 b도 가중치 하나가 되고, 셋의 답이 같아집니다.\n"
            "   그 열이 없으면 직선이 원점을 지나야 하므로 모든 계수가 달라집니다.",
            "   LinearRegression fits an intercept b, and so does our neuron,\n"
            "   o = w·x + b. The pseudo-inverse solves y = X w, a line through zero.\n"
            "   A column of ones gives b a weight of its own, b × 1, and all three\n"
            "   agree; without it the line is forced through zero.",
        )
    )

    picture = plot.figure(1, 2)
    for k, features in ((1, itself), (2, powers)):
        ax = picture.axes[k - 1]
        draw_fit(ax, list(sets.values())[k], features, tables[k])
        ax.set_title(list(sets)[k])
    print(choose("== 그림", "== Picture"))
    print("  ", plot.save(picture, args.out / "least_squares.svg"))


if __name__ == "__main__":
    main()
