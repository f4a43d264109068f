"""Backpropagation by hand, beside backward(): z = W1 x + b1, h = σ(z), o = W2 h + b2, L = (o − t)².

손으로 하는 역전파를 backward()와 나란히 봅니다. 상류 기울기에 국소 미분을 곱해 내려가는 연쇄법칙입니다.
(Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986.)
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from micrograd_kr import MLP, Value
from micrograd_kr.picture import draw

X, T = [1.0, 2.0], 1.0
W1, B1 = [[0.5, -0.25], [-1.0, 0.75]], [0.25, -1.0]
W2, B2 = [1.5, -2.0], 0.5


def network() -> MLP:
    """Two inputs, two hidden neurons with sigmoid, one linear output, with the numbers above."""
    model = MLP(2, [2, 1], activation="sigmoid")
    numbers = [
        *W1[0],
        B1[0],
        *W1[1],
        B1[1],
        *W2,
        B2,
    ]  # in the order of model.parameters()
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    return model


def loss_of(model: MLP) -> Value:
    """Forward propagation: from x through z, h and o to the loss."""
    return (model([Value(X[0], "x0"), Value(X[1], "x1")]) - T) ** 2


def by_hand(show: bool = False) -> list[float]:
    """The nine derivatives of L, in the order of the parameters, with the chain rule and nothing else."""
    say = print if show else lambda *words: None
    z = [W1[i][0] * X[0] + W1[i][1] * X[1] + B1[i] for i in (0, 1)]
    h = [1 / (1 + math.exp(-zi)) for zi in z]
    o = W2[0] * h[0] + W2[1] * h[1] + B2
    say(
        f"   z = W1 x + b1 = [{z[0]:.4f}, {z[1]:.4f}]   h = σ(z) = [{h[0]:.4f}, {h[1]:.4f}]"
    )
    say(f"   o = W2 h + b2 = {o:.4f}   L = (o − t)² = {(o - T) ** 2:.4f}")
    say("-- backwards · 역전파: upstream × local · 상류 기울기 × 국소 미분")
    d_o = 2 * (o - T)
    say(f"   ∂L/∂o  = 2 (o − t) = {d_o:.4f}")
    d_w2 = [d_o * h[i] for i in (0, 1)]
    say(
        f"   ∂L/∂W2 = ∂L/∂o × h = [{d_w2[0]:.4f}, {d_w2[1]:.4f}]   ∂L/∂b2 = ∂L/∂o × 1 = {d_o:.4f}"
    )
    d_h = [d_o * W2[i] for i in (0, 1)]
    say(f"   ∂L/∂h  = ∂L/∂o × W2 = [{d_h[0]:.4f}, {d_h[1]:.4f}]")
    d_z = [d_h[i] * h[i] * (1 - h[i]) for i in (0, 1)]
    say(
        f"   ∂L/∂z  = ∂L/∂h × h (1 − h) = [{d_z[0]:.4f}, {d_z[1]:.4f}]   ∂L/∂b1 = ∂L/∂z × 1"
    )
    d_w1 = [[d_z[i] * X[j] for j in (0, 1)] for i in (0, 1)]
    say("   ∂L/∂W1 = ∂L/∂z × x = " + str([[round(d, 4) for d in row] for row in d_w1]))
    return [*d_w1[0], d_z[0], *d_w1[1], d_z[1], *d_w2, d_o]


def seconds(work: object, times: int = 500) -> float:
    """The mean time of one call."""
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def main(argv: Sequence[str] | None = None) -> None:
    """Print the hand calculation, compare it with backward(), time both passes, draw the graph."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print("== Forward propagation by hand · 손으로 하는 순전파")
    hand = by_hand(show=True)

    print("== The same from backward() · backward()로 구한 값")
    model = network()
    loss = loss_of(model)
    loss.label, o = "L", loss.parents[0].parents[0]
    o.label = "o"
    for i, h in enumerate(
        o.parents[2:4]
    ):  # the parents of a linear node: its weights, its inputs, its bias
        h.label, h.parents[0].label = f"h{i}", f"z{i}"
    loss.backward()
    print(f"   {'':<18}{'by hand 손':>17}{'backward()':>22}")
    for (name, p), d in zip(model.named_parameters(), hand, strict=True):
        print(f"   {name:<18}{d:>18.12f}{p.grad:>22.12f}")
    apart = max(abs(p.grad - d) for p, d in zip(model.parameters(), hand, strict=True))
    print(f"   largest difference · 가장 큰 차이: {apart:.1e}")

    print("== Time of each pass · 걸린 시간")
    forward, backward = seconds(lambda: loss_of(model)), seconds(loss.backward)
    print(
        f"   forward propagation 순전파 {forward * 1e6:.1f} µs, backpropagation 역전파 {backward * 1e6:.1f} µs"
    )
    print(
        f"   One backward pass gives all {len(hand)} derivatives; trying each parameter in turn would take"
    )
    print(
        f"   {len(hand)} more forward passes. 역전파 한 번에 미분 {len(hand)}개를 모두 얻습니다."
    )

    print("== Picture · 그림")
    loss.zero_grad()
    loss.backward()
    print("  ", draw(loss, partials=True).save(args.out / "backprop_by_hand.svg"))


if __name__ == "__main__":
    main()
