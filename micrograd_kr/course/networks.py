"""Lessons on what a network computes: linear models, softmax, activations, layers."""

from types import ModuleType

from ..engine import FUNCTIONS, OPS, Value
from ..nn import MLP, binary_cross_entropy, cross_entropy, one_hot
from ..text import choose, format_number
from .live import Bars, Curve, Learning, Live, Plot, Slider
from .parts import Parts, bracketed, labelled, sliders, total, weights


def linear_model(demo: ModuleType) -> Parts:
    """Show o = Wx + b in numbers, and two linear models in a row as a line."""
    x = labelled([Value(number) for number in demo.X], "x")
    layer = demo.linear_model(demo.W, demo.B)
    outputs = labelled(layer(x), "o")
    groups = {"x": sliders(x, "x", 5), **weights(layer)}
    slopes = demo.slopes(layer, demo.X)
    facts = {
        "x": bracketed(demo.X),
        "row": bracketed(demo.W[0]),
        "b": format_number(demo.B[0]),
        "o0": format_number(outputs[0].data),
        "slopes": bracketed(slopes[0]),
        "slope": format_number(slopes[0][2]),
        "one_more": format_number(outputs[0].data + slopes[0][2]),
    }
    return Parts(
        facts,
        {
            "numbers": Live(total(outputs), groups=groups, lines=outputs),
            "bent": _bent(),
        },
    )


def _bent() -> Live:
    """Two layers in a row over one input: with an activation between, and without."""
    x = Value(1.0, "x")
    model = MLP(1, [2, 1], activation=None, seed=0)
    first, last = model.layers
    numbers = [1.0, 0.0, -1.0, 1.0, 1.0, 2.0, 0.0]  # z = [x, 1 - x], o = z0 + 2 z1
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    z = [neuron(x) for neuron in first.neurons]
    [output] = last.neurons
    line = output(z)
    bent = output([v.relu() for v in z])
    groups = {
        "W1": sliders([n.w[0] for n in first.neurons], "w", 2),
        "b1": sliders([n.b for n in first.neurons], "b", 2),
        "W2": sliders(output.w, "w", 2),
    }
    straight = choose("선형만", "linear only")
    between = choose("사이에 ReLU", "ReLU between")
    curves = [Curve(straight, line), Curve(between, bent)]
    plot = Plot(x, -3, 3, curves, height=(-5, 5))
    groups = {"x": [Slider("x", [x], -3, 3)], **groups}
    return Live(line + bent, groups=groups, plot=plot)


def softmax(demo: ModuleType) -> Parts:
    """Show outputs, probabilities, the one-hot of inference, the grads of a loss."""
    logits = demo.outputs()
    temperature = Value(1.0, "T")
    p = labelled(demo.warmed(logits, temperature), "p")
    loss = -p[demo.TARGET].log()
    graph = total([loss, *(0.0 * other for other in p)])
    groups = {
        choose("출력 o", "outputs o"): sliders(logits, "o", 5),
        choose("온도 T", "temperature T"): [Slider("T", [temperature], 0.1, 5)],
    }
    names = [str(v.label) for v in p]
    each = [[v] for v in p]
    bars = [
        Bars("softmax(o / T)", names, each),
        Bars(choose("추론: 원-핫", "inference: one-hot"), names, each, "one-hot"),
        Bars(
            choose("o의 grad, loss = −log p1", "grads of o, loss = −log p1"),
            [str(o.label) for o in logits],
            [[o] for o in logits],
            "grad",
        ),
    ]
    live = Live(graph, of=loss, groups=groups, bars=bars)

    fresh = demo.outputs()
    cross_entropy(fresh, demo.TARGET).backward()
    numbers = [v.data for v in p]
    cold, _, hot = (demo.warmed(demo.OUTPUTS, t) for t in demo.TEMPERATURES)
    facts = {
        "o": bracketed(demo.OUTPUTS),
        "p": bracketed(p),
        "p1": format_number(numbers[demo.TARGET]),
        "one_hot": bracketed(one_hot(numbers.index(max(numbers)), 3)),
        "grads": bracketed(o.grad for o in fresh),
        "grad1": format_number(fresh[demo.TARGET].grad),
        "cold": bracketed(cold),
        "hot": bracketed(hot),
        "low": demo.TEMPERATURES[0],
        "high": format_number(demo.TEMPERATURES[2]),
    }
    return Parts(facts, {"softmax": live})


def activations(demo: ModuleType) -> Parts:
    """Show every curve of the table with its slope, and ten layers of them."""
    first, last = {}, {}
    for name in demo.INITS:
        sizes = demo.gradient_sizes(demo.network(name), demo.X, demo.Y)
        first[name], last[name] = sizes[0], sizes[-1]
    flat, steep = demo.INITS  # sigmoid, relu
    steepest = FUNCTIONS[flat](Value(0.0)).partials[0]
    facts = {
        "layers": demo.LAYERS,
        "hidden": demo.LAYERS - 1,
        "steepest": format_number(steepest),
        "nine": format_number(steepest ** (demo.LAYERS - 1)),
        "flat_first": format_number(first[flat], 2),
        "flat_last": format_number(last[flat], 2),
        "steep_first": format_number(first[steep], 2),
        "steep_last": format_number(last[steep], 2),
    }
    lives = {"curves": _curves(demo), "vanishing": _vanishing(demo)}
    return Parts(facts, lives)


END = {"x": 4.0}  # of the slider: asin, which ends at 1, is no curve for it


def _curves(demo: ModuleType) -> Live:
    x = Value(0.5, "x")
    curves = []
    for op in OPS.values():
        if op.is_activation and eval(op.domain, END):
            formulas = demo.FORMULAS.get(op.name, (op.forward, op.partials[0]))
            curves.append(Curve(op.name, FUNCTIONS[op.name](x), formulas))
    curves.sort(key=lambda curve: curve.label not in demo.FORMULAS)
    plot = Plot(x, -4, 4, curves, slope=True, height=(-2, 4))
    groups = {"": [Slider("x", [x], -4, 4)]}
    return Live(total(curve.node for curve in curves), groups=groups, plot=plot)


def _vanishing(demo: ModuleType) -> Live:
    """The deep network on one point: the grads of each layer, for any activation."""
    model = demo.network(next(iter(demo.INITS)))
    x = [Value(number) for number in demo.X[0]]
    inside: list[Value] = []
    for layer in model.layers:
        x = layer.fire(x)
        inside += [v for v in x if v.op and v.op.is_activation]
    loss = binary_cross_entropy(x, demo.Y[:1])
    names = [f"{choose('층', 'layer')} {k + 1}" for k in range(demo.LAYERS)]
    layers = [
        [w for neuron in layer.neurons for w in neuron.w] for layer in model.layers
    ]
    every = [w for layer in layers for w in layer]
    title = choose("|w.grad|의 평균 (로그 눈금)", "mean |w.grad| (logarithmic)")
    single = [name for name in demo.FORMULAS if OPS[name].default is None]
    scale = Slider(choose("가중치 ×", "weights ×"), every, 0.1, 4, scales=True)
    return Live(
        loss,
        groups={"": [scale]},
        choice=(inside, single),
        bars=[Bars(title, names, layers, "size")],
    )


def two_layers(demo: ModuleType) -> Parts:
    """Write a network of two layers out, with numbers that move."""
    model, x = demo.two_layers(), demo.inputs()
    activation = model.layers[0].neurons[0].activation
    (z, h), (_, o) = demo.forward(model, x)
    groups = {"x": sliders(x, "x", 4)}
    for k, layer in enumerate(model.layers, 1):
        groups |= weights(layer, str(k))
    facts = {
        "x": bracketed(demo.X),
        "z": bracketed(z),
        "h": bracketed(h),
        "o": bracketed(o),
        "row": bracketed(demo.W1[0]),
        "at_zero": format_number(FUNCTIONS[activation](demo.B1[0]).data),
        "parameters": len(model.parameters()),
    }
    live = Live(total(o), groups=groups, lines=[*z, *h, *o])
    return Parts(facts, {"layers": live})


def universal_approximation(demo: ModuleType) -> Parts:
    """Let the learner add neurons of one hidden layer, and train it."""
    widest = 16
    model = MLP(1, [widest, 1], seed=0)
    x, t = Value(0.5, "x"), Value(0.0, "t")
    on = [Value(float(k == 0), f"on{k}") for k in range(widest)]
    hidden, last = model.layers
    h = [m * neuron(x) for m, neuron in zip(on, hidden.neurons, strict=True)]
    [output] = last.neurons
    y = output(h)
    loss = (y - t) ** 2
    sets = {
        name: [[number, curve(number)] for number in demo.X]
        for name, curve in demo.CURVES.items()
    }
    learning = Learning([x, t], sets, model.parameters(), "Adam", demo.RATE)
    low, high = demo.X[0], demo.X[-1]
    curve = Curve(choose("신경망", "network"), y)
    live = Live(
        loss,
        count=(choose("뉴런 수", "neurons"), on),
        plot=Plot(x, low, high, [curve], height=(-1.6, 3.4)),
        learning=learning,
    )
    facts = {
        "widest": widest,
        "samples": len(demo.X),
        "parameters": len(model.parameters()),
        "widths": ", ".join(map(str, demo.WIDTHS)),
    }
    return Parts(facts, {"fit": live})
