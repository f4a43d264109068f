"""Universal approximation: with enough neurons two layers fit any curve; and is deeper better than wider?

보편 근사 정리: 뉴런이 충분하면 2층 신경망으로 어떤 곡선도 맞출 수 있습니다. 그러면 깊은 것이 넓은 것보다 나을까요?
(Cybenko 1989; Hornik 1991; for ReLU: Leshno et al. 1993.)
"""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from micrograd_kr import MLP, no_grad
from micrograd_kr.nn import Adam, mse
from micrograd_kr.training import fit, plot

CURVES: dict[str, Callable[[float], float]] = {
    "sin x": math.sin,
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "|x|": abs,
}
X = [-math.pi + 2 * math.pi * i / 40 for i in range(41)]
WIDTHS = (1, 2, 4, 8, 16, 32)
SHAPES = (
    [40],
    [9, 9],
    [6, 7, 6],
    [5, 5, 5, 5],
    [4] * 6,
)  # the hidden layers: 106 to 121 parameters each
INIT = {"relu": "he", "tanh": "xavier"}


def train(
    hidden: Sequence[int],
    curve: Callable[[float], float],
    activation: str,
    seed: int,
    epochs: int,
) -> tuple[float, MLP]:
    """The mean squared error that a network with these hidden layers ends with, and the network."""
    model = MLP(
        1, [*hidden, 1], activation=activation, init=INIT[activation], seed=seed
    )
    optimizer = Adam(model.parameters(), lr=0.03)

    def slow_down(history: list[object]) -> None:
        optimizer.lr = 0.03 * (1 - len(history) / (epochs + 1))

    history = fit(
        model, X, [curve(x) for x in X], loss=mse, optimizer=optimizer, epochs=epochs, callbacks=[slow_down],
        progress=False, compiled=True,
    )  # fmt: skip
    return history.loss[-1], model


def best(
    hidden: Sequence[int],
    curve: Callable[[float], float],
    activation: str,
    seeds: int,
    epochs: int,
) -> tuple[float, MLP]:
    """The best of several starts: what a network of this shape can do, luck aside."""
    return min(
        (train(hidden, curve, activation, seed, epochs) for seed in range(seeds)),
        key=lambda run: run[0],
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Fit three curves with growing width; then one curve with growing depth at equal numbers of parameters."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument(
        "--seeds",
        type=int,
        default=3,
        help="how many starts for each network (default: 3)",
    )
    parser.add_argument("--activation", choices=INIT, default="relu")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the pictures (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print(
        "== Width: one hidden layer of n neurons, error (MSE) · 너비: 뉴런 n개의 은닉층 하나, 오차"
    )
    print(f"   {'n':<12}" + "".join(f"{n:>10}" for n in WIDTHS))
    fits = plot.figure(2, 2)
    for (name, curve), ax in zip(CURVES.items(), fits.axes, strict=False):
        runs = {
            n: best([n], curve, args.activation, args.seeds, args.epochs)
            for n in WIDTHS
        }
        print(
            f"   {name:<12}" + "".join(f"{error:>10.1e}" for error, _ in runs.values())
        )
        ax.plot(
            X,
            [curve(x) for x in X],
            color="#222222",
            linewidth=3,
            alpha=0.3,
            label="target · 목표",
        )
        with no_grad():
            for n in (1, 2, 4, 32):
                ax.plot(
                    X, [runs[n][1](x).data for x in X], linewidth=1.2, label=f"n = {n}"
                )
        ax.set(title=name, xlabel="x")
        ax.legend(fontsize="small")
        fits.axes[3].plot(
            WIDTHS, [error for error, _ in runs.values()], marker="o", label=name
        )
    fits.axes[3].set(
        title="Error · 오차",
        xlabel="neurons n · 뉴런 수",
        ylabel="MSE",
        xscale="log",
        yscale="log",
    )
    fits.axes[3].set_xticks(WIDTHS, [str(n) for n in WIDTHS])
    fits.axes[3].minorticks_off()
    fits.axes[3].legend()
    if args.activation == "relu":
        print(
            "   |x| = relu(x) + relu(−x): two neurons are enough. 뉴런 2개면 충분합니다."
        )

    print(
        "== Depth against width at equal numbers of parameters, sin x · 파라미터 수가 같을 때 깊이와 너비"
    )
    depths = plot.figure()
    ax = depths.axes[0]
    seeds, middles = 3 * args.seeds, []
    for hidden in SHAPES:
        runs = [
            train(hidden, math.sin, args.activation, seed, args.epochs)
            for seed in range(seeds)
        ]
        errors = sorted(error for error, _ in runs)
        middles.append(median(errors))
        n = len(runs[0][1].parameters())
        print(
            f"   {len(hidden)} hidden {hidden!s:<20} {n} parameters: best {errors[0]:.1e}, "
            f"median {middles[-1]:.1e}, worst {errors[-1]:.1e}"
        )
        ax.scatter([len(hidden)] * seeds, errors, color=plot.COLORS[0], alpha=0.5)
    ax.plot(
        [len(hidden) for hidden in SHAPES],
        middles,
        color=plot.COLORS[1],
        label="median · 중앙값",
    )
    ax.set(
        title="sin x, about 115 parameters each · 파라미터 약 115개씩",
        xlabel="hidden layers · 은닉층 수",
        ylabel="MSE",
        yscale="log",
    )
    ax.legend()
    print(
        "   Deeper is not easier to optimise: some starts learn nothing. 깊다고 최적화가 쉬워지지는 않습니다."
    )
    print(
        "   Nor is this a law: try --activation tanh. 법칙은 아닙니다. --activation tanh 로도 해 보세요."
    )

    print("== Pictures · 그림")
    print("  ", plot.save(fits, args.out / "universal_approximation.svg"))
    print("  ", plot.save(depths, args.out / "depth_or_width.svg"))


if __name__ == "__main__":
    main()
