"""Backpropagation by hand beside backward(): o = W2 σ(W1 x + b1) + b2, L = (o − t)².

손으로 하는 역전파를 backward()와 나란히 봅니다: 상류 기울기 × 국소 미분, 곧 연쇄법칙.

(Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986.)
"""  # noqa: E501 (the title of the paper)

import math
from collections.abc import Callable, Sequence
from time import perf_counter

from micrograd_kr import MLP, Stepper, Value, draw
from micrograd_kr.cli import demo_options
from micrograd_kr.text import choose

X, T = [1.0, 2.0], 1.0
W1 = [[0.5, -0.25], [-1.0, 0.75]]
B1 = [0.25, -1.0]
W2 = [1.5, -2.0]
B2 = 0.5


def network() -> MLP:
    """Build two inputs, two sigmoid neurons, one linear output of these numbers."""
    model = MLP(2, [2, 1], activation="sigmoid")
    numbers = [*W1[0], B1[0], *W1[1], B1[1], *W2, B2]  # in the order of parameters()
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    return model


def loss_of(model: MLP) -> Value:
    """Go forward: from x through z, h and o to the loss."""
    return (model([Value(X[0], "x0"), Value(X[1], "x1")]) - T) ** 2


def sigmoid(z: float) -> float:
    """Give 1/(1 + e⁻ᶻ)."""
    return 1 / (1 + math.exp(-z))


def by_hand(show: bool = False) -> list[float]:
    """Give the nine gradients, in the order of the parameters, by the chain rule.

    What the code calls d_o is o.grad, the slope of L with respect to o.
    """
    z0 = W1[0][0] * X[0] + W1[0][1] * X[1] + B1[0]
    z1 = W1[1][0] * X[0] + W1[1][1] * X[1] + B1[1]
    h0, h1 = sigmoid(z0), sigmoid(z1)
    o = W2[0] * h0 + W2[1] * h1 + B2

    d_o = 2 * (o - T)
    d_w2 = [d_o * h0, d_o * h1]
    d_h0, d_h1 = d_o * W2[0], d_o * W2[1]
    d_z0 = d_h0 * h0 * (1 - h0)
    d_z1 = d_h1 * h1 * (1 - h1)
    d_w1 = [[d_z0 * X[0], d_z0 * X[1]], [d_z1 * X[0], d_z1 * X[1]]]

    if show:
        print(f"   z = W1 x + b1 = [{z0:.4f}, {z1:.4f}]")
        print(f"   h = σ(z) = [{h0:.4f}, {h1:.4f}]")
        print(f"   o = W2 h + b2 = {o:.4f}")
        print(f"   L = (o − t)² = {(o - T) ** 2:.4f}")
        print(
            choose(
                "-- 역전파: 상류 기울기 × 국소 미분",
                "-- backwards: upstream gradient × local derivative",
            )
        )
        print(f"   o.grad  = L.grad × 2 (o − t) = {d_o:.4f}")
        print(f"   W2.grad = o.grad × h = [{d_w2[0]:.4f}, {d_w2[1]:.4f}]")
        print(f"   b2.grad = o.grad × 1 = {d_o:.4f}")
        print(f"   h.grad  = o.grad × W2 = [{d_h0:.4f}, {d_h1:.4f}]")
        print(f"   z.grad  = h.grad × h (1 − h) = [{d_z0:.4f}, {d_z1:.4f}]")
        for i, (first, second) in enumerate(d_w1):
            print(f"   W1[{i}].grad = z{i}.grad × x = [{first:.4f}, {second:.4f}]")
        print("   b1.grad = z.grad × 1")
    return [*d_w1[0], d_z0, *d_w1[1], d_z1, *d_w2, d_o]


def name_nodes(loss: Value) -> None:
    """Call the nodes of the network as the formulas do."""
    loss.label = "L"
    difference = loss.parents[0]
    o = difference.parents[0]
    o.label = "o"
    for i, h in enumerate(o.parents[2:4]):  # its parents: weights, inputs, bias
        h.label = f"h{i}"
        h.parents[0].label = f"z{i}"


def seconds(work: Callable[[], object], times: int = 500) -> float:
    """Measure the mean time of one call."""
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def main(argv: Sequence[str] | None = None) -> None:
    """Print the calculation beside backward(), time both passes, draw the graph."""
    args = demo_options(__doc__).parse_args(argv)

    print(choose("== 손으로 하는 순전파", "== Forward propagation by hand"))
    hand = by_hand(show=True)

    print(choose("== backward()로 구한 값", "== The same from backward()"))
    model = network()
    loss = loss_of(model)
    name_nodes(loss)
    loss.backward()
    furthest = 0.0
    for (name, p), d in zip(model.named_parameters(), hand, strict=True):
        print(f"   {name:<18}{d:>18.12f}{p.grad:>22.12f}")
        furthest = max(furthest, abs(p.grad - d))
    print(f"   {choose('가장 큰 차이', 'largest difference')}: {furthest:.1e}")

    print(choose("== 걸린 시간", "== Time of each pass"))
    forward = seconds(lambda: loss_of(model))
    backward = seconds(loss.backward)
    print(f"   {choose('순전파', 'forward propagation')} {forward * 1e6:.1f} µs")
    print(f"   {choose('역전파', 'backpropagation')} {backward * 1e6:.1f} µs")
    print(
        choose(
            f"   역전파 한 번에 기울기 {len(hand)}개를 모두 얻습니다. 하나씩 움직여\n"
            f"   보려면 순전파를 {len(hand)}번 더 해야 합니다.",
            f"   One backward pass gives all {len(hand)} gradients; trying each in\n"
            f"   turn would take {len(hand)} more forward passes.",
        )
    )

    print(choose("== 그림", "== Picture"))
    loss.zero_grad()
    loss.backward()
    print("  ", draw(loss, partials=True).save(args.out / "backprop_by_hand.svg"))
    loss.zero_grad()
    print("  ", Stepper(loss).save(args.out / "backprop_by_hand.html"))


if __name__ == "__main__":
    main()
