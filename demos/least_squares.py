"""Three ways to one line: gradient descent, the pseudo-inverse and LinearRegression.

같은 직선에 이르는 세 가지 길: 경사 하강법, 유사역행렬(pinv), LinearRegression.

With a column of ones, which is an intercept, they agree; without it they do not.

1로 채운 열, 곧 절편(intercept)이 있으면 답이 같고, 없으면 다릅니다.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

from micrograd_kr import Layer, fit
from micrograd_kr.cli import Demo
from micrograd_kr.course import bracketed
from micrograd_kr.nn import SGD, mse
from micrograd_kr.text import choose
from micrograd_kr.training import plot


def data_sets() -> dict[str, tuple[Any, Any]]:
    """Make X and y by name: exactly solvable; more equations, with noise; a cubic."""
    rng = np.random.default_rng(0)
    ends = np.array([[0.0], [2.0]])
    x, t = np.linspace(0, 2, 30), np.linspace(-0.5, 1.5, 30)
    line = 5 + 2 * x + rng.normal(0, 0.5, 30)
    cubic = 1 + 2 * t - 3 * t**2 + 1.5 * t**3 + rng.normal(0, 0.15, 30)
    return {
        "y = 5 + 2 x": (ends, np.array([5.0, 9.0])),
        "y = 5 + 2 x + ε": (np.stack([x], axis=1), line),
        "y = 1 + 2 x − 3 x² + 1.5 x³ + ε": (np.stack([t, t**2, t**3], axis=1), cubic),
    }


def coefficients(X: Any, y: Any, epochs: int) -> dict[str, Sequence[float]]:
    """Give the weights and, last, the intercept that each way finds."""
    model = Layer(len(X[0]), 1, activation=None, seed=0)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    fit(
        model,
        X,
        y,
        loss=mse,
        optimizer=optimizer,
        epochs=epochs,
        progress=False,
        compiled=True,
    )
    with_ones = np.hstack([X, np.ones((len(X), 1))])
    regression = LinearRegression().fit(X, y)
    through_zero = LinearRegression(fit_intercept=False).fit(X, y)
    return {
        choose("경사하강법", "gradient descent"): [p.data for p in model.parameters()],
        "pinv([X 1]) y": np.linalg.pinv(with_ones) @ y,
        "LinearRegression()": [*regression.coef_, regression.intercept_],
        "pinv(X) y": [*(np.linalg.pinv(X) @ y), 0.0],
        "LinearRegression(fit_intercept=False)": [*through_zero.coef_, 0.0],
    }


def main(demo: Demo) -> None:
    """Print the coefficients for each data set, and draw what they give."""
    picture = plot.figure(1, 3, size=(4.6, 3.6))
    for ax, (name, (X, y)) in zip(picture.axes, data_sets().items(), strict=True):
        print(f"== {name}: X {len(X)} × {len(X[0])}")
        ax.plot(X[:, 0], y, "ok", zorder=3)
        ax.set_title(name)
        width = 9  # of the first line; where others agree they lie inside it
        for way, (*w, b) in coefficients(X, y, demo.epochs).items():
            print(bracketed([*w, b]), way)
            ax.plot(X[:, 0], X @ w + b, linewidth=width, label=way)
            width -= 2
    picture.axes[0].legend()
    demo.write(picture, "least_squares.svg")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=1500))
