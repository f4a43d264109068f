"""Two moons: a network of 337 parameters learns to tell two half circles apart.

두 개의 달: 파라미터 337개짜리 신경망이 서로 맞물린 두 반달을 구별하는 법을 배웁니다.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, Value
from micrograd_kr.nn import Adam, accuracy, binary_cross_entropy
from micrograd_kr.picture import draw
from micrograd_kr.training import evaluate, fit, make_moons, plot


def main(argv: Sequence[str] | None = None) -> None:
    """Train, print loss and accuracy, write three pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the pictures (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print("== Data: 100 points on two moons · 데이터: 두 반달 위의 점 100개")
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    print(f"   {model}, {len(model.parameters())} parameters")

    print("== Training · 학습")
    optimizer = Adam(model.parameters(), lr=0.03)
    history = fit(
        model,
        X,
        y,
        loss=binary_cross_entropy,
        optimizer=optimizer,
        metric=accuracy,
        epochs=args.epochs,
    )
    loss, correct = evaluate(model, X, y, loss=binary_cross_entropy, metric=accuracy)
    print(f"   loss 손실 {loss:.4f}, accuracy 정확도 {correct:.0%}")

    print("== Pictures · 그림")
    plot.save(plot.decision_boundary(model, X, y), args.out / "moons_boundary.svg")
    plot.save(plot.loss_curve(history), args.out / "moons_loss.svg")
    model.zero_grad()
    x = [Value(X[0][0], "x0"), Value(X[0][1], "x1")]
    neuron = max(
        [n(x) for n in model.layers[0].neurons], key=float
    )  # the one that fires most at this point
    neuron.backward()
    draw(neuron, partials=True).save(args.out / "neuron.svg")
    for name in ("moons_boundary.svg", "moons_loss.svg", "neuron.svg"):
        print(f"   {args.out / name}")


if __name__ == "__main__":
    main()
