"""Universal approximation: enough neurons fit any curve; is deep better than wide?

보편 근사 정리: 뉴런이 충분하면 어떤 곡선도 맞춥니다. 깊은 것이 넓은 것보다 나을까요?

(Cybenko 1989; Hornik 1991; for ReLU: Leshno et al. 1993.)
"""

import math
from collections.abc import Callable, Sequence
from statistics import median

from micrograd_kr import MLP, fit, watch
from micrograd_kr.cli import Demo
from micrograd_kr.nn import Adam, mse
from micrograd_kr.text import choose
from micrograd_kr.training import cosine_decay, plot, schedule

Curve = Callable[[float], float]
Run = tuple[float, MLP]  # the error, and the network that has it


CURVES: dict[str, Curve] = {
    "sin x": math.sin,
    "step": lambda x: float(x > 0),
    "|x|": abs,
}
X = [-math.pi + 2 * math.pi * i / 40 for i in range(41)]
WIDTHS = (1, 2, 4, 8, 16, 32)
SHAPES = ([40], [9, 9], [6, 7, 6], [5] * 4, [4] * 6)  # of 106 to 121 parameters
RATE = 0.03


def train(hidden: Sequence[int], curve: Curve, seed: int, epochs: int) -> Run:
    """Train a network with these hidden layers; give its mean squared error and it."""
    model = MLP(1, [*hidden, 1], seed=seed)
    optimizer = Adam(model.parameters(), lr=RATE)
    history = fit(
        model,
        X,
        [curve(x) for x in X],
        loss=mse,
        optimizer=optimizer,
        epochs=epochs,
        callbacks=[schedule(optimizer, cosine_decay(epochs))],
        progress=False,
        compiled=True,
    )
    return history.loss[-1], model


def draw_widths(demo: Demo) -> plot.Picture:
    """Fit three curves with more and more neurons in one hidden layer."""
    picture = plot.figure(2, 2)
    *fits, below = picture.axes
    for (name, curve), ax in zip(CURVES.items(), fits, strict=True):
        ax.plot(X, [curve(x) for x in X], "k", linewidth=3, alpha=0.3)
        errors = []
        for n in WIDTHS:
            seeds = range(demo.seeds)
            runs = [train([n], curve, seed, demo.epochs) for seed in seeds]
            error, model = min(runs, key=lambda run: run[0])  # luck aside
            ax.plot(X, [model(x).data for x in X], label=f"n = {n}")
            errors.append(error)
        print(f"{name:<6}", *[f"{error:.1e}" for error in errors])
        ax.set_title(name)
        below.semilogy(list(map(str, WIDTHS)), errors, "o-", label=name)
    below.set(title=choose("오차(MSE)", "Error (MSE)"), xlabel="n")
    for ax in picture.axes:
        ax.legend(fontsize="small")
    return picture


def draw_depths(demo: Demo) -> plot.Picture:
    """Fit sin x with more and more layers of about as many parameters."""
    picture = plot.figure()
    [ax] = picture.axes
    for hidden in SHAPES:
        seeds = range(3 * demo.seeds)
        errors = [train(hidden, math.sin, seed, demo.epochs)[0] for seed in seeds]
        print(hidden, *[f"{error:.1e}" for error in sorted(errors)])
        ax.semilogy([len(hidden)] * len(seeds), errors, "o", alpha=0.5)
        ax.semilogy(len(hidden), median(errors), "k_", markersize=24)
    ax.set(title="sin x: MSE", xlabel=choose("은닉층 수", "hidden layers"))
    return picture


def main(demo: Demo) -> None:
    """Fit three curves with growing width, then one with growing depth."""
    print(choose("== 너비: 뉴런", "== Width: neurons"), WIDTHS)
    demo.write(draw_widths(demo), "universal_approximation.svg")
    print(choose("== 깊이: 은닉층", "== Depth: hidden layers"))
    demo.write(draw_depths(demo), "depth_or_width.svg")

    model = MLP(1, [8, 1], seed=0)
    optimizer = Adam(model.parameters(), lr=RATE)
    page = watch(model, X, [math.sin(x) for x in X], loss=mse, optimizer=optimizer)
    demo.write(page, "universal_approximation.html")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=1000, seeds=3))
