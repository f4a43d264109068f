"""A page that trains a model of one's own: recorded by Python, computed by the page.

>>> from micrograd_kr import MLP
>>> from micrograd_kr.training import make_moons
>>> X, y = make_moons(40)
>>> watch(MLP(2, [8, 1], seed=0), X, y, loss="bce")
TrainingPage(2 inputs, 33 parameters; .show() opens it, .save('train.html') writes it)
"""

import os
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..engine import Value
from ..nn import SGD, Adam, AdamW, Module, Neuron, Optimizer, mse, one_hot
from ..pages import graph_data, operations, page_frame, training_page
from ..stepper import phrases
from ..text import HTML, check_ending, replace_file
from .given import (
    Loss,
    check_model,
    loss_for,
    optimizer_for,
    samples_and_targets,
    validation_samples,
    whole,
)
from .messages import say
from .sample import Sample, as_numbers, record_sample
from .steps import check_all

Graph = dict[str, Any]  # see `graph_data`


class TrainingPage:
    """A page that begins with these settings, samples and, if any, recorded model.

    ``settings``, ``model``, ``data`` and ``own``: as `pages.training_page` takes them.
    ``told``: what there is to say of the model's operations, see `stepper.phrases`.

    >>> page = TrainingPage({"data": "xor"})
    >>> page
    TrainingPage(.show() opens it, .save('train.html') writes it)
    """

    def __init__(
        self,
        settings: dict[str, Any],
        model: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        lang: str | None = None,
        own: dict[str, Any] | None = None,
        told: dict[str, Any] | None = None,
    ) -> None:
        self.settings = settings
        self.data = data
        self.lang = lang
        self.own = own
        self.model: dict[str, Any] = model or {}
        self.told: dict[str, Any] | None = told

    def html(self) -> str:
        """Write the page.

        >>> TrainingPage({"data": "xor"}).html()[:15]
        '<!DOCTYPE html>'
        """
        model = _once(self.model) or None
        told = self.told or phrases(operations())
        data = _short(self.data)
        return training_page(self.settings, model, data, self.lang, self.own, told)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page into a file, all of it or nothing; give its path.

        Raises ValueError for a name that does not end in .html.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     TrainingPage({"data": "xor"}).save(f"{folder}/train.html").name
        'train.html'
        """
        path = check_ending(path, HTML)
        replace_file(path, self.html().encode())
        return path

    def show(self) -> Path:
        """Open the page in the browser; give the path of the file that it is in.

        >>> TrainingPage({"data": "xor"}).show()  # doctest: +SKIP
        PosixPath('/tmp/train-x1.html')
        """
        handle, name = tempfile.mkstemp(prefix="train-", suffix=".html")
        os.close(handle)
        path = self.save(name)
        webbrowser.open(path.as_uri())
        return path

    def _repr_html_(self) -> str:
        return page_frame(self.html())

    def __repr__(self) -> str:
        what = ""
        if self.model:
            inputs, parameters = len(self.model["inputs"]), len(self.model["numbers"])
            what = f"{inputs} inputs, {parameters} parameters; "
        return f"TrainingPage({what}.show() opens it, .save('train.html') writes it)"


def _short(data: Any) -> Any:
    """Write whole numbers without ".0", which is a third of a page of pixels."""
    if isinstance(data, dict):
        return {key: _short(x) for key, x in data.items()}
    if isinstance(data, list):
        return [_short(x) for x in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def _once(model: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the graph of a model says a second time."""
    once = {key: x for key, x in model.items() if key != "numbers"}
    if "graph" in model:
        graph = model["graph"]
        once["graph"] = {key: x for key, x in graph.items() if key != "parameters"}
    return once


def watch(
    model: Any,
    X: Any,
    y: Any,
    *,
    loss: str | Loss,
    optimizer: str | Optimizer | Callable[..., Optimizer] | None = None,
    validation: tuple[Any, Any] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    lang: str | None = None,
) -> TrainingPage:
    """Make a page on which ``model`` learns from n samples X with targets y.

    The arguments are those of `fit`. Python records the graph of one sample and of its
    loss, of any model made of Values; the page trains it as `fit` would, from the
    parameters as they are now. ``validation``: the test samples. ``lang``: the
    language the page begins in.

    Raises ValueError for a model whose graph depends on the sample, as `compile` does,
    for an optimizer the page does not have, and for samples that are not alike.

    >>> w = Value(0.0, "w")
    >>> page = watch(lambda x: w * x, [1.0, 2.0], [3.0, 6.0], loss="mse",
    ...     optimizer=SGD([w], lr=0.1))
    >>> page.model["numbers"], page.data["train"][1]
    ([0.0], {'x': [2.0], 'y': 6.0})
    """
    check_model(model, "watch")
    train = samples_and_targets(X, y, "watch")
    test = validation_samples(validation, "watch")
    size = None if batch_size is None else whole(batch_size, "watch: batch_size")
    seed = whole(seed, "watch: seed", least=0)
    mean = loss_for(loss)
    for samples, targets in filter(None, (train, test)):
        check_all(model, samples, targets, mean, "watch")
    rule = optimizer_for(optimizer, model)
    return recorded_page(model, train, test, mean, rule, size, seed, lang)


Samples = tuple[list[Any], list[Any]]  # and their targets


def recorded_page(
    model: Any,
    train: Samples,
    test: Samples | None,
    loss: Loss,
    optimizer: Optimizer,
    batch_size: int | None,
    seed: int,
    lang: str | None = None,
) -> TrainingPage:
    """Make the page of `watch`, of what has been looked at before.

    >>> w = Value(0.0, "w")
    >>> samples = [1.0], [3.0]
    >>> rule = SGD([w], lr=0.1)
    >>> page = recorded_page(lambda x: w * x, samples, None, mse, rule, None, 0)
    >>> page.settings["lr"]
    0.1
    """
    kind, rates, hyper = described(optimizer)
    sample, targets = record_sample(model, *train, loss)
    _refuse_comparisons(sample, optimizer.parameters)
    pairs = {"train": _flat(train[0], targets), "test": []}
    if test:
        pairs["test"] = _flat(test[0], as_numbers(test[1], sample.output))
    wanted = [target for _, target in pairs["train"] + pairs["test"]]
    outputs = _listed(sample.output)
    encoded = encodings(wanted, len(outputs), is_mse=loss is mse)
    graph = recorded_graph(model, sample, optimizer.parameters)
    graph |= {
        "loss": getattr(loss, "__name__", type(loss).__name__),
        "optimizer": kind,
        "hyper": hyper,
        "classes": len(encoded),
        "encoded": encoded,
    }
    batch = batch_size or 0
    settings = {**rates, "batch": batch, "seed": seed, "optimizer": kind}
    data = {part: _labelled(of_it, encoded) for part, of_it in pairs.items()}
    told = phrases(sample.loss.topological_order(), graph["labels"].values())
    return TrainingPage(settings, graph, data, lang, told=told)


# ---- the optimizer


def described(
    optimizer: Optimizer,
) -> tuple[str, dict[str, float], dict[str, float]]:
    """Give what the page calls an optimizer, its settings, and what it is made with.

    Weight decay in the gradient is the page's L2: λ/2 of it has the gradient λ p.

    >>> w = Value(0.0)
    >>> described(SGD([w], lr=0.1, momentum=0.5, weight_decay=0.2))
    ('momentum', {'lr': 0.1, 'l1': 0.0, 'l2': 0.1}, {'momentum': 0.5})
    """
    lr = float(optimizer.lr)
    if type(optimizer) is SGD:
        settings = {"lr": lr, "l1": 0.0, "l2": optimizer.weight_decay / 2}
        if not optimizer.momentum:
            return "SGD", settings, {}
        return "momentum", settings, {"momentum": float(optimizer.momentum)}
    if type(optimizer) not in (Adam, AdamW) or not isinstance(optimizer, Adam):
        raise ValueError(say("no_rule", who=type(optimizer).__name__))
    beta1, beta2 = map(float, optimizer.betas)
    hyper = {"beta1": beta1, "beta2": beta2, "eps": float(optimizer.eps)}
    decay = float(optimizer.weight_decay)
    if optimizer.decoupled:
        settings = {"lr": lr, "l1": 0.0, "l2": 0.0}
        return "AdamW", settings, hyper | {"decay": decay}
    return "Adam", {"lr": lr, "l1": 0.0, "l2": decay / 2}, hyper


# ---- the graph


def _refuse_comparisons(sample: Sample, parameters: Sequence[Value]) -> None:
    """Raise the compiler's error when a branch was taken that the graph has not."""
    order = sample.loss.topological_order()
    if any(hasattr(v, "_compared") for v in order):
        from ..compiler import compile  # only here: it needs NumPy

        inputs = {"X": sample.input, "y": sample.target}
        compile(sample.loss, parameters, inputs, batch=("X", "y"))


def recorded_graph(model: Any, sample: Sample, parameters: Sequence[Value]) -> Graph:
    """Give the graph of a sample with the places of everything in it.

    >>> from micrograd_kr.nn import mse
    >>> w, x, t = Value(2.0, "w"), Value(1.0), Value(0.0)
    >>> y = w * x
    >>> found = recorded_graph(None, Sample(x, y, t, mse([y], [t])), [w])
    >>> found["graph"]["ops"][found["outputs"][0]], found["labels"]
    ('mul', {0: 'w'})
    """
    inputs, targets = _listed(sample.input), _listed(sample.target)
    order = sample.loss.topological_order()
    met = set(order)
    unused = [v for v in (*inputs, *targets, *parameters) if v not in met]
    order = [*unused, *order]
    numbers = {v: node for node, v in enumerate(order)}

    def places(values: Sequence[Value]) -> list[int]:
        return [numbers[v] for v in values]

    graph = graph_data(order)
    found: Graph = {
        "graph": graph,
        "inputs": places(inputs),
        "targets": places(targets),
        "outputs": places(_listed(sample.output)),
        "result": len(order) - 1,
        "parameters": places(parameters),
        "numbers": [p.data for p in parameters],
        "names": [f"x{i}" for i in range(len(inputs))],
    }
    columns = list(_columns(model)) if isinstance(model, Module) else []
    layers = _layers(columns, order, numbers, found)
    named: set[int] = set()  # by their layer: the page knows how
    for neuron in (neuron for layer in layers or [] for neuron in layer):
        named |= {*neuron.weights, neuron.bias}
    labels = {
        node: str(v.label)
        for v, node in numbers.items()
        if v.label is not None and node not in named
    }
    shown = None if layers is None else [_as_data(x) for x in layers]
    return found | {
        "labels": labels,
        "layers": shown,
        "activations": [_activation(column) for column in columns],
    }


class _Nodes(NamedTuple):
    """Where a neuron is in the graph: out = activation(sum), sum = w · x + b."""

    weights: list[int]
    bias: int
    sum: int
    out: int


def _as_data(layer: Sequence[_Nodes]) -> list[dict[str, Any]]:
    return [neuron._asdict() for neuron in layer]


def _columns(module: Module) -> Iterator[list[Neuron]]:
    """The layers of a model, each as its neurons, in order."""
    neurons = module.neurons_of_layer()
    if neurons:
        yield neurons
        return
    for _, part in module.named_parts():
        if isinstance(part, Module):
            yield from _columns(part)


def _activation(column: Sequence[Neuron]) -> str | None:
    activation = column[0].activation
    return activation if isinstance(activation, str) else None


def _layers(
    columns: Sequence[Sequence[Neuron]],
    order: Sequence[Value],
    numbers: dict[Value, int],
    found: Graph,
) -> list[list[_Nodes]] | None:
    """The layers as a chain: each takes what the one before says, the first the inputs.

    None for a graph that is no such chain; it is then shown without a network.
    """
    operands = found["graph"]["operands"]
    users: dict[int, list[int]] = {}
    for node, of in enumerate(operands):
        for operand in of:
            users.setdefault(operand, []).append(node)
    learned = set(found["parameters"])
    layers: list[list[_Nodes]] = []
    taken = found["inputs"]
    for column in columns:
        sums = []
        for neuron in column:
            weights = [numbers.get(w, -1) for w in neuron.w]
            bias = numbers.get(neuron.b, -1)
            of_bias = users.get(bias, [])
            is_sum = [[*weights, *taken, bias]] == [operands[z] for z in of_bias]
            if not is_sum or not learned >= {*weights, bias}:
                return None
            sums.append((weights, bias, of_bias[0]))
        layers.append([])
        taken = []
        for weights, bias, z in sums:
            out = _end_of_curve(z, order, operands, users, found["outputs"])
            layers[-1].append(_Nodes(weights, bias, z, out))
            taken.append(out)
    return layers if layers and taken == found["outputs"] else None


def _end_of_curve(
    z: int,
    order: Sequence[Value],
    operands: Sequence[Sequence[int]],
    users: dict[int, list[int]],
    outputs: Sequence[int],
) -> int:
    """The last node that is computed of ``z`` alone: what its neuron says."""
    inside = {z}
    waiting = [z]
    while waiting:
        node = waiting.pop(0)
        if node in outputs:
            return node
        for user in users.get(node, []):
            of_values = {k for k in operands[user] if k < len(order)}
            if user not in inside and of_values <= inside:
                inside.add(user)
                waiting.append(user)
    return max(inside)


# ---- the samples


def encodings(
    targets: Sequence[Sequence[float]], outputs: int, is_mse: bool
) -> dict[int, list[float]]:
    """Find the classes, and the target that each stands for; none in a regression.

    Of several outputs the targets are ones among zeros; of one they are -1 and 1, or 0
    and 1, of which the sign of the output tells one from the other, and mse does not.

    >>> encodings([[1.0], [-1.0]], 1, False), encodings([[0.3]], 1, False)
    ({0: [-1.0], 1: [1.0]}, {})
    """
    met = {tuple(target) for target in targets}
    if outputs > 1:
        classes = {c: one_hot(c, outputs) for c in range(outputs)}
        is_known = met <= {tuple(target) for target in classes.values()}
        return classes if is_known else {}
    if met <= {(-1.0,), (1.0,)} and (-1.0,) in met:
        return {0: [-1.0], 1: [1.0]}
    if met <= {(0.0,), (1.0,)} and not is_mse:
        return {0: [0.0], 1: [1.0]}
    return {}


def _flat(
    X: Sequence[Any], targets: Sequence[Any]
) -> list[tuple[list[float], list[float]]]:
    """Each sample and its target as plain lists of numbers, all alike."""
    pairs = []
    for x, target in zip(X, targets, strict=True):
        pairs.append((_numbers(x), _numbers(target)))
    inputs, outputs = map(len, pairs[0])
    for i, (x, target) in enumerate(pairs):
        if (len(x), len(target)) != (inputs, outputs):
            raise ValueError(say("unlike", i=i, n=len(x), first=inputs))
    return pairs


def _labelled(
    pairs: Sequence[tuple[list[float], list[float]]], encoded: dict[int, list[float]]
) -> list[dict[str, Any]]:
    """The samples as the page takes them: the class, or the number, or the numbers."""
    classes = {tuple(target): label for label, target in encoded.items()}
    samples = []
    for x, target in pairs:
        usual = target[0] if len(target) == 1 else target
        samples.append({"x": x, "y": classes.get(tuple(target), usual)})
    return samples


def _numbers(nested: Any) -> list[float]:
    """The numbers in nested lists or arrays, one after the other."""
    if hasattr(nested, "__len__"):
        return [x for part in nested for x in _numbers(part)]
    return [nested.data if isinstance(nested, Value) else float(nested)]


def _listed(nested: Any) -> list[Value]:
    """The Values in nested lists, one after the other."""
    if isinstance(nested, list | tuple):
        return [v for part in nested for v in _listed(part)]
    return [nested]
