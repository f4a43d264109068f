"""Activation functions and their slopes; in a network of 10 layers the small slope of sigmoid makes gradients vanish.

활성화 함수와 그 도함수: 10층 신경망에서는 시그모이드의 작은 기울기가 곱해져 기울기가 사라집니다.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import MLP, OPS
from micrograd_kr.nn import SGD, accuracy, binary_cross_entropy
from micrograd_kr.training import History, fit, make_moons, plot

NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus")
DEEP = {"sigmoid": "xavier", "relu": "he"}  # each with the initial weights made for it
LAYERS, WIDTH = 10, 8


def network(activation: str, seed: int = 0) -> MLP:
    """Ten layers: nine hidden ones with this activation, and the output."""
    return MLP(
        2,
        [WIDTH] * (LAYERS - 1) + [1],
        activation=activation,
        init=DEEP[activation],
        seed=seed,
    )


def gradient_sizes(model: MLP, X: list[list[float]], y: list[int]) -> list[float]:
    """The mean |∂loss/∂w| of each layer, first to last, after one backward pass."""
    model.zero_grad()
    binary_cross_entropy([model(x) for x in X], y).backward()
    weights = [
        [w.grad for neuron in layer.neurons for w in neuron.w] for layer in model.layers
    ]
    return [sum(map(abs, grads)) / len(grads) for grads in weights]


def train(
    model: MLP, X: list[list[float]], y: list[int], epochs: int, progress: bool = True
) -> History:
    """Plain gradient descent with momentum: Adam would rescale the vanished gradients."""
    optimizer = SGD(model.parameters(), lr=0.01, momentum=0.9)
    return fit(
        model, X, y, loss=binary_cross_entropy, optimizer=optimizer, metric=accuracy, epochs=epochs, batch_size=20,
        progress=progress, compiled=True,
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Draw each function with its slope; measure gradients layer by layer; train both networks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the pictures (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print(
        "== Functions and derivatives, as the table of operations has them · 함수와 도함수"
    )
    curves = plot.figure(2, 4, size=(4.0, 3.4))
    for name, ax in zip(NAMES, curves.axes, strict=False):
        print(
            f"   {name:<10}  f = {OPS[name].forward:<45}  f′ = {OPS[name].partials[0]}"
        )
        plot.activation_curve(name, ax=ax)
    curves.axes[-1].set_axis_off()

    print("== Vanishing gradients, mean |∂loss/∂w| · 기울기 소실")
    X, y = make_moons(100, seed=1)
    picture = plot.figure(1, 2)
    left, right = picture.axes
    for activation in DEEP:
        sizes = gradient_sizes(network(activation), X, y)
        first, last = sizes[0], sizes[-1]
        print(
            f"   {activation:<8} layer 1 {first:.1e}, layer {LAYERS} {last:.1e}: {last / first:,.0f} times as large"
        )
        left.plot(range(1, LAYERS + 1), sizes, marker="o", label=activation)
    left.set(
        title="Size of the gradient · 기울기의 크기",
        xlabel="layer · 층",
        ylabel="mean |∂loss/∂w|",
        yscale="log",
    )
    left.legend()
    left.grid(alpha=0.3)
    print("   σ′ is at most 1/4, and the chain rule multiplies nine of them.")
    print("   σ′는 최대 1/4이고, 연쇄법칙은 이것을 아홉 번 곱합니다.")

    print("== The same networks in training · 같은 신경망을 학습하면")
    losses = {}
    for activation in DEEP:
        print(f"-- {activation}")
        losses[activation] = train(network(activation), X, y, args.epochs).loss
    plot.loss_curve(losses, ax=right)

    print("== Pictures · 그림")
    print("  ", plot.save(curves, args.out / "activations.svg"))
    print("  ", plot.save(picture, args.out / "activations_vanishing.svg"))


if __name__ == "__main__":
    main()
