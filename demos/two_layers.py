"""Networks of two and more layers in numbers: z = W1 x + b1, h = σ(z), o = W2 h + b2.

2층 신경망과 다층 신경망을 숫자로 봅니다: z = W1 x + b1, h = σ(z), o = W2 h + b2.
"""

from collections.abc import Iterable, Sequence

from micrograd_kr import MLP, Value, draw
from micrograd_kr.cli import demo_options
from micrograd_kr.text import choose

X = [1.0, 0.5]
W1 = [[1.0, -1.0], [0.5, 2.0], [-2.0, 0.0]]
B1 = [0.0, 0.0, 1.0]
W2 = [[1.0, -2.0, 0.5], [3.0, 0.0, 1.0]]
B2 = [0.5, -1.0]

Layers = list[tuple[list[Value], list[Value]]]


def inputs() -> list[Value]:
    """Give the two inputs."""
    return [Value(number, f"x{i}") for i, number in enumerate(X)]


def two_layers() -> MLP:
    """Build two inputs, three sigmoid neurons, two linear outputs of these numbers."""
    model = MLP(2, [3, 2], activation="sigmoid")
    for layer, weights, biases in zip(model.layers, (W1, W2), (B1, B2), strict=True):
        for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
            neuron.b.data = bias
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
    return model


def forward(model: MLP, x: list[Value]) -> Layers:
    """Give for each layer its linear part z and its output h, both computed by it.

    Where a layer is linear, h is z.
    """
    layers: Layers = []
    for layer in model.layers:
        h = layer.fire(x)
        z = []
        for i, (output, neuron) in enumerate(zip(h, layer.neurons, strict=True)):
            if neuron.activation is None:
                output.label = f"o{i}"
                z.append(output)
            else:
                output.label = f"h{i}"
                z.append(output.parents[0])
                z[-1].label = f"z{i}"
        layers.append((z, h))
        x = h
    return layers


def show(values: Iterable[Value]) -> str:
    """Write numbers in brackets, to four digits."""
    return "[" + ", ".join(f"{v.data:.4f}" for v in values) + "]"


def show_forward(model: MLP, x: list[Value]) -> list[Value]:
    """Print the forward pass layer by layer; give the outputs."""
    print(f"   x = {show(x)}")
    before = "x"
    outputs = x
    for k, (z, h) in enumerate(forward(model, x), 1):
        if k == len(model.layers):
            print(f"   o = W{k} {before} + b{k} = {show(z)}")
        else:
            activation = model.layers[k - 1].neurons[0].activation
            print(f"   z{k} = W{k} {before} + b{k} = {show(z)}")
            print(f"   h{k} = {activation}(z{k}) = {show(h)}")
        before = f"h{k}"
        outputs = h
    return outputs


def main(argv: Sequence[str] | None = None) -> None:
    """Print and draw a network of two layers and one of four."""
    args = demo_options(__doc__).parse_args(argv)
    x = inputs()

    print(choose("== 2층 신경망", "== Two layers"))
    for name, numbers in (("W1", W1), ("b1", B1), ("W2", W2), ("b2", B2)):
        print(f"   {name} = {numbers}")
    small = show_forward(two_layers(), x)
    print(
        choose(
            "== 다층 신경망: 같은 일을 되풀이합니다",
            "== Many layers: the same again and again",
        )
    )
    deep = show_forward(MLP(2, [4, 4, 3, 2], activation="tanh", seed=0), x)

    print(choose("== 층별로 그린 그림", "== Pictures, layer by layer"))
    print("  ", draw(small, fold=False).save(args.out / "two_layers.svg"))
    print("  ", draw(deep, fold=True).save(args.out / "many_layers.svg"))


if __name__ == "__main__":
    main()
