"""Activation functions and their slopes: how sigmoid makes gradients vanish.

활성화 함수와 그 도함수: 시그모이드의 작은 기울기가 층마다 곱해져 사라집니다.
"""

from micrograd_kr import MLP, fit, watch
from micrograd_kr.cli import Demo
from micrograd_kr.nn import SGD, binary_cross_entropy
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
X, Y = make_moons(100, seed=1)  # which both networks are to tell apart


def network(activation: str, seed: int = 0) -> MLP:
    """Build ten layers: nine hidden ones with this activation, and the output."""
    widths = [8] * (LAYERS - 1) + [1]
    return MLP(2, widths, activation, INITS[activation], seed=seed)


def gradient_sizes(model: MLP, X: list[list[float]], y: list[int]) -> list[float]:
    """Measure the mean |w.grad| of each layer, first to last, after one backward."""
    model.zero_grad()
    binary_cross_entropy([model(x) for x in X], y).backward()
    sizes = []
    for layer in model.layers:
        grads = [abs(w.grad) for neuron in layer.neurons for w in neuron.w]
        sizes.append(sum(grads) / len(grads))
    return sizes


def momentum(model: MLP) -> SGD:
    """Train with momentum; Adam would enlarge the vanished gradients again."""
    return SGD(model.parameters(), lr=0.01, momentum=0.9)


def train(model: MLP, epochs: int) -> History:
    """Train in batches of 20."""
    return fit(
        model,
        X,
        Y,
        loss=binary_cross_entropy,
        optimizer=momentum(model),
        epochs=epochs,
        batch_size=20,
        progress=False,
        compiled=True,
    )


def main(demo: Demo) -> None:
    """Print the formulas; measure the gradients of two networks, and train them."""
    print(choose("== 함수와 도함수", "== Functions and derivatives"))
    for name, (f, slope) in FORMULAS.items():
        print(f"{name:<10}  f = {f:<24}  f′ = {slope}")

    print(choose("== 층마다 |w.grad|의 평균", "== The mean |w.grad| of each layer"))
    losses = {}
    picture = plot.figure(1, 2)
    left, right = picture.axes
    for activation in INITS:
        model = network(activation)
        sizes = gradient_sizes(model, X, Y)
        print(f"{activation:<7}", *[f"{size:.0e}" for size in sizes])
        left.semilogy(range(1, LAYERS + 1), sizes, "o-", label=activation)
        losses[activation] = train(model, demo.epochs).loss
    left.set(title="|w.grad|", xlabel=choose("층", "layer"))
    left.legend()
    plot.loss_curve(losses, ax=right)
    demo.write(picture, "activations_vanishing.svg")

    model = network("sigmoid")
    page = watch(
        model,
        X,
        Y,
        loss=binary_cross_entropy,
        optimizer=momentum(model),
        batch_size=20,
    )
    demo.write(page, "activations.html")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=50))
