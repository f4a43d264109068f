"""Networks of two and more layers in numbers: z = W1 x + b1, h = σ(z), o = W2 h + b2.

2층 신경망과 다층 신경망을 숫자로 봅니다: z = W1 x + b1, h = σ(z), o = W2 h + b2.
"""

from micrograd_kr import MLP, Value, draw
from micrograd_kr.cli import Demo
from micrograd_kr.course import bracketed, labelled
from micrograd_kr.text import choose

X = [1.0, 0.5]
W1 = [[1.0, -1.0], [0.5, 2.0], [-2.0, 0.0]]
B1 = [0.0, 0.0, 1.0]
W2 = [[1.0, -2.0, 0.5], [3.0, 0.0, 1.0]]
B2 = [0.5, -1.0]


def inputs() -> list[Value]:
    """Give the two inputs."""
    return labelled(map(Value, X), "x")


def two_layers() -> MLP:
    """Build two inputs, three sigmoid neurons, two linear outputs of these numbers."""
    model = MLP(2, [3, 2], activation="sigmoid")
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    for neuron, row, bias in zip(neurons, W1 + W2, B1 + B2, strict=True):
        for p, number in zip(neuron.parameters(), [*row, bias], strict=True):
            p.data = number
    return model


def forward(model: MLP, x: list[Value]) -> list[tuple[list[Value], list[Value]]]:
    """Give for each layer its linear part z and its output h, both computed by it.

    The last layer is linear: both are o.
    """
    layers = []
    *hidden, last = model.layers
    for layer in hidden:
        x = labelled(layer.fire(x), "h")
        layers.append((labelled([h.parents[0] for h in x], "z"), x))
    outputs = labelled(last.fire(x), "o")
    return [*layers, (outputs, outputs)]


def main(demo: Demo) -> None:
    """Print and draw a network of two layers and one of four."""
    print(choose("== 2층 신경망", "== Two layers"))
    (z, h), (o, _) = forward(two_layers(), inputs())
    print(f"x = {X}, W1 = {W1}, b1 = {B1}, W2 = {W2}, b2 = {B2}")
    print("z = W1 x + b1 =", bracketed(z))
    print("h = σ(z)      =", bracketed(h))
    print("o = W2 h + b2 =", bracketed(o))
    demo.write(draw(o, fold=False), "two_layers.svg")

    print(choose("== 4층: 같은 일을 되풀이합니다", "== Four: the same again and again"))
    deep = MLP(2, [4, 4, 3, 2], activation="tanh", seed=0)
    for k, (_, h) in enumerate(forward(deep, inputs()), 1):
        print(f"h{k} =", bracketed(h))
    demo.write(draw(h, fold=True), "many_layers.svg")


if __name__ == "__main__":
    main(Demo(__doc__))
