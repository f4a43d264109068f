"""Universal approximation: enough neurons fit any curve; is deep better than wide?

보편 근사 정리: 뉴런이 충분하면 어떤 곡선도 맞춥니다. 깊은 것이 넓은 것보다 나을까요?

(Cybenko 1989; Hornik 1991; for ReLU: Leshno et al. 1993.)
"""

import math
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from micrograd_kr import MLP, fit, no_grad, watch
from micrograd_kr.cli import demo_options, page_written
from micrograd_kr.nn import Adam, mse
from micrograd_kr.text import choose
from micrograd_kr.training import plot

Curve = Callable[[float], float]
Run = tuple[float, MLP]  # the error, and the network that has it


def step(x: float) -> float:
    """Jump from 0 to 1 at 0."""
    return 1.0 if x > 0 else 0.0


CURVES: dict[str, Curve] = {"sin x": math.sin, "step": step, "|x|": abs}
X = [-math.pi + 2 * math.pi * i / 40 for i in range(41)]
WIDTHS = (1, 2, 4, 8, 16, 32)
SHAPES = (  # hidden layers; each has 106 to 121 parameters
    [40],
    [9, 9],
    [6, 7, 6],
    [5] * 4,
    [4] * 6,
)
INIT = {"relu": "he", "tanh": "xavier"}
RATE = 0.03


def train(
    hidden: Sequence[int], curve: Curve, activation: str, seed: int, epochs: int
) -> Run:
    """Train a network with these hidden layers; give its mean squared error and it."""
    layers = [*hidden, 1]
    init = INIT[activation]
    model = MLP(1, layers, activation=activation, init=init, seed=seed)
    optimizer = Adam(model.parameters(), lr=RATE)

    def slow_down(history: list[object]) -> None:
        optimizer.lr = RATE * (1 - len(history) / (epochs + 1))

    history = fit(
        model,
        X,
        [curve(x) for x in X],
        loss=mse,
        optimizer=optimizer,
        epochs=epochs,
        callbacks=[slow_down],
        progress=False,
        compiled=True,
    )
    return history.loss[-1], model


def best(
    hidden: Sequence[int], curve: Curve, activation: str, seeds: int, epochs: int
) -> Run:
    """Give the best of several starts: what a shape can do, luck aside."""
    runs = [train(hidden, curve, activation, seed, epochs) for seed in range(seeds)]
    return min(runs, key=lambda run: run[0])


def draw_fits(ax: Any, name: str, runs: dict[int, Run]) -> None:
    """Draw a curve and what networks of some widths made of it."""
    target = [CURVES[name](x) for x in X]
    thick = {"color": "#222222", "linewidth": 3, "alpha": 0.3}
    ax.plot(X, target, label=choose("목표", "target"), **thick)
    with no_grad():
        for n in (1, 2, 4, 32):
            _, model = runs[n]
            ax.plot(X, [model(x).data for x in X], linewidth=1.2, label=f"n = {n}")
    ax.set(title=name, xlabel="x")
    ax.legend(fontsize="small")


def show_widths(activation: str, seeds: int, epochs: int) -> plot.Picture:
    """Fit three curves with growing width: print the errors, draw the fits."""
    print(
        choose(
            "== 너비: 뉴런 n개의 은닉층 하나, 오차(MSE)",
            "== Width: one hidden layer of n neurons, error (MSE)",
        )
    )
    print(f"   {'n':<8}" + "".join(f"{n:>10}" for n in WIDTHS))
    picture = plot.figure(2, 2)
    *axes, errors_ax = picture.axes
    for (name, curve), ax in zip(CURVES.items(), axes, strict=True):
        print(f"   {name:<8}", end="")
        runs = {}
        for n in WIDTHS:
            runs[n] = best([n], curve, activation, seeds, epochs)
            print(f"{runs[n][0]:>10.1e}", end="", flush=True)  # as it comes
        print()
        draw_fits(ax, name, runs)
        errors = [error for error, _ in runs.values()]
        errors_ax.plot(WIDTHS, errors, marker="o", label=name)
    errors_ax.set(
        title=choose("오차", "Error"),
        xlabel=choose("뉴런 수 n", "neurons n"),
        ylabel="MSE",
        xscale="log",
        yscale="log",
    )
    errors_ax.set_xticks(WIDTHS, [str(n) for n in WIDTHS])
    errors_ax.minorticks_off()
    errors_ax.legend()
    return picture


def explain_widths(activation: str) -> None:
    """Say why the errors are as they are."""
    if activation == "relu":
        print(
            choose(
                "   |x| = relu(x) + relu(−x): 뉴런 2개면 충분합니다.",
                "   |x| = relu(x) + relu(−x): two neurons are enough.",
            )
        )
    print(
        choose(
            "   정리는 좋은 가중치가 있다고 말할 뿐, 학습이 그것을 찾는다고는 하지\n"
            "   않습니다. 넓은 신경망은 남는 가중치를 0으로 두면 좁은 것이 하는 일을\n"
            "   모두 할 수 있습니다. 그래도 뉴런을 늘렸는데 오차가 커지기도 합니다.\n"
            "   출발점이 다르고, 맞춰야 할 가중치가 더 많은데 걸음 수는 같아서입니다.\n"
            "   --epochs 4000으로 하면 step의 오차는 백만분의 1 근처로 내려갑니다.",
            "   The theorem says that good weights exist, not that training finds\n"
            "   them. With its other weights at 0 a wide network does all that a\n"
            "   narrow one does; still its error may be larger: it starts elsewhere,\n"
            "   and has more weights to set right in the same number of steps.\n"
            "   With --epochs 4000 the errors for step fall to about a millionth.",
        )
    )


def show_depths(activation: str, seeds: int, epochs: int) -> plot.Picture:
    """Fit sin x with growing depth at equal numbers of parameters."""
    print(
        choose(
            "== 파라미터 수가 같을 때 깊이와 너비, sin x",
            "== Depth against width at equal numbers of parameters, sin x",
        )
    )
    picture = plot.figure()
    ax = picture.axes[0]
    middles = []
    for hidden in SHAPES:
        runs = [
            train(hidden, math.sin, activation, seed, epochs) for seed in range(seeds)
        ]
        errors = sorted(error for error, _ in runs)
        middles.append(median(errors))
        parameters = len(runs[0][1].parameters())
        print(
            f"   {hidden!s:<20} {parameters} {choose('파라미터', 'parameters')}:"
            f" {choose('최소', 'best')} {errors[0]:.1e},"
            f" {choose('중앙값', 'median')} {middles[-1]:.1e},"
            f" {choose('최대', 'worst')} {errors[-1]:.1e}",
            flush=True,
        )
        ax.scatter([len(hidden)] * seeds, errors, color=plot.COLORS[0], alpha=0.5)
    depths = [len(hidden) for hidden in SHAPES]
    middle = choose("중앙값", "median")
    ax.plot(depths, middles, color=plot.COLORS[1], label=middle)
    ax.set(
        title=choose("sin x, 파라미터 약 115개씩", "sin x, about 115 parameters each"),
        xlabel=choose("은닉층 수", "hidden layers"),
        ylabel="MSE",
        yscale="log",
    )
    ax.legend()
    print(
        choose(
            "   깊다고 최적화가 쉬워지지는 않습니다. 아무것도 배우지 못하는 시작도\n"
            "   있습니다. 법칙은 아니니 --activation tanh로도 해 보세요.",
            "   Deeper is not easier to optimise: some starts learn nothing.\n"
            "   Nor is this a law: try --activation tanh.",
        )
    )
    return picture


def main(argv: Sequence[str] | None = None) -> None:
    """Fit three curves with growing width, then one with growing depth."""
    options = demo_options(__doc__, page=True)
    options.add_argument("--epochs", type=int, default=1000)
    options.add_argument(
        "--seeds",
        type=int,
        default=3,
        help=choose(
            "신경망마다 시작하는 횟수 (기본값: 3)",
            "how many starts for each network (default: 3)",
        ),
    )
    options.add_argument("--activation", choices=INIT, default="relu")
    args = options.parse_args(argv)

    fits = show_widths(args.activation, args.seeds, args.epochs)
    explain_widths(args.activation)
    depths = show_depths(args.activation, 3 * args.seeds, args.epochs)
    print(choose("== 그림", "== Pictures"))
    print("  ", plot.save(fits, args.out / "universal_approximation.svg"))
    print("  ", plot.save(depths, args.out / "depth_or_width.svg"))
    print(choose("== 배우는 모습", "== The page where it learns"))
    init = INIT[args.activation]
    model = MLP(1, [8, 1], activation=args.activation, init=init, seed=0)
    optimizer = Adam(model.parameters(), lr=RATE)
    page = watch(model, X, [math.sin(x) for x in X], loss=mse, optimizer=optimizer)
    page_written(page.save(args.out / "universal_approximation.html"), args.open)


if __name__ == "__main__":
    main()
