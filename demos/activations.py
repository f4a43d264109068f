"""Activation functions and their slopes: how sigmoid makes gradients vanish.

활성화 함수와 그 도함수: 시그모이드의 작은 기울기가 층마다 곱해져 사라집니다.
"""

from collections.abc import Sequence

from micrograd_kr import MLP, fit, watch
from micrograd_kr.cli import demo_options, page_written
from micrograd_kr.nn import SGD, accuracy, binary_cross_entropy
from micrograd_kr.text import choose
from micrograd_kr.training import History, make_moons, plot

# f and f′ as a textbook writes them; the table of operations computes them in forms
# that do not overflow.
FORMULAS = {
    "sigmoid": ("1/(1 + e⁻ˣ)", "f(1 − f)"),
    "tanh": ("(eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)", "1 − f²"),
    "relu": ("max(x, 0)", "1 (x > 0), 0 (x ≤ 0)"),
    "leaky_relu": ("max(x, 0.01x)", "1 (x > 0), 0.01 (x ≤ 0)"),
    "gelu": ("x Φ(x)", "Φ(x) + x φ(x)"),
    "silu": ("x σ(x)", "σ(x) + f(1 − σ(x))"),
    "softplus": ("log(1 + eˣ)", "σ(x)"),
}
INITS = {"sigmoid": "xavier", "relu": "he"}  # each with the weights made for it
LAYERS = 10
WIDTH = 8


def data() -> tuple[list[list[float]], list[int]]:
    """Make the moons that both networks are to tell apart."""
    return make_moons(100, seed=1)


def network(activation: str, seed: int = 0) -> MLP:
    """Build ten layers: nine hidden ones with this activation, and the output."""
    hidden = [WIDTH] * (LAYERS - 1)
    init = INITS[activation]
    return MLP(2, [*hidden, 1], activation=activation, init=init, seed=seed)


def gradient_sizes(model: MLP, X: list[list[float]], y: list[int]) -> list[float]:
    """Measure the mean |w.grad| of each layer, first to last, after one backward."""
    model.zero_grad()
    binary_cross_entropy([model(x) for x in X], y).backward()
    sizes = []
    for layer in model.layers:
        weights = [w for neuron in layer.neurons for w in neuron.w]
        sizes.append(sum(abs(w.grad) for w in weights) / len(weights))
    return sizes


def train(
    model: MLP, X: list[list[float]], y: list[int], epochs: int, progress: bool = True
) -> History:
    """Train with momentum; Adam would enlarge the vanished gradients again."""
    return fit(
        model,
        X,
        y,
        loss=binary_cross_entropy,
        optimizer=SGD(model.parameters(), lr=0.01, momentum=0.9),
        metric=accuracy,
        epochs=epochs,
        batch_size=20,
        progress=progress,
        compiled=True,
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Draw each function with its slope; measure gradients; train both networks."""
    options = demo_options(__doc__, page=True)
    options.add_argument("--epochs", type=int, default=50)
    args = options.parse_args(argv)

    print(choose("== 함수와 도함수", "== Functions and derivatives"))
    curves = plot.figure(2, 4, size=(4.0, 3.4))
    for ax, (name, (f, slope)) in zip(curves.axes, FORMULAS.items(), strict=False):
        print(f"   {name:<10}  f = {f:<24}  f′ = {slope}")
        plot.activation_curve(name, ax=ax)
        ax.set_xlabel(f"f = {f}\nf′ = {slope}")
    curves.axes[-1].set_axis_off()

    print(choose("== 기울기 소실: |w.grad|의 평균", "== Vanishing: the mean |w.grad|"))
    X, y = data()
    picture = plot.figure(1, 2)
    left, right = picture.axes
    for activation in INITS:
        sizes = gradient_sizes(network(activation), X, y)
        ratio = sizes[-1] / sizes[0]
        first = f"{choose('층', 'layer')} 1: {sizes[0]:.1e}"
        last = f"{choose('층', 'layer')} {LAYERS}: {sizes[-1]:.1e}"
        print(f"   {activation:<8} {first}, {last}, × {ratio:,.0f}")
        left.plot(range(1, LAYERS + 1), sizes, marker="o", label=activation)
    left.set(
        title=choose("기울기의 크기", "Size of the gradient"),
        xlabel=choose("층", "layer"),
        ylabel=choose("|w.grad|의 평균", "mean |w.grad|"),
        yscale="log",
    )
    left.legend()
    left.grid(alpha=0.3)
    print(
        choose(
            "   σ′는 최대 1/4이고, 연쇄법칙은 이것을 아홉 번 곱합니다.",
            "   σ′ is at most 1/4, and the chain rule multiplies nine of them.",
        )
    )

    print(choose("== 같은 신경망을 학습하면", "== The same networks in training"))
    losses = {}
    for activation in INITS:
        print(f"-- {activation}")
        losses[activation] = train(network(activation), X, y, args.epochs).loss
    plot.loss_curve(losses, ax=right)

    print(choose("== 그림", "== Pictures"))
    print("  ", plot.save(curves, args.out / "activations.svg"))
    print("  ", plot.save(picture, args.out / "activations_vanishing.svg"))
    print(choose("== 배우는 모습", "== The page where it learns"))
    model = network("sigmoid")
    optimizer = SGD(model.parameters(), lr=0.01, momentum=0.9)
    page = watch(
        model, X, y, loss=binary_cross_entropy, optimizer=optimizer, batch_size=20
    )
    page_written(page.save(args.out / "activations.html"), args.open)


if __name__ == "__main__":
    main()
