"""What a model gives for many samples: by one array program, where that is right."""

from collections.abc import Callable
from math import isclose
from typing import Any

from ..engine import Value, no_grad
from ..nn import evaluating, unpacked

CHECKED = 8  # samples for which a program is compared with the model itself


def outputs_of(model: Any, X: list[Any]) -> Any:
    """Give the numbers of the outputs for n samples: an array of n rows.

    ``X``: a list of samples, or an array.

    One sample is recorded and compiled. Where the graph is not the same for every
    sample (a model that compares, draws lots or cannot be recorded) the model is called
    with each of them instead. Needs NumPy.

    >>> outputs_of(lambda x: x[0] * 2, [[1.0], [3.0]]).tolist()
    [[2.0], [6.0]]
    """
    with evaluating(model):
        return _outputs_of(model, X)


def _outputs_of(model: Any, X: list[Any]) -> Any:
    import numpy as np

    try:
        program = forward_program(model, unpacked(X[0]), _parameters(model))[0]
        outputs = program(X=X)
    except Exception:  # whatever it is, the model itself will say it
        return np.array([_called(model, x) for x in X])
    for i in range(0, len(X), max(len(X) // CHECKED, 1)):
        if not _agree(outputs[i].tolist(), _called(model, X[i])):
            return np.array([_called(model, x) for x in X])
    return outputs


def forward_program(model: Any, sample: Any, parameters: list[Value]) -> Any:
    """Compile what a model does with a sample; give the program and the output."""
    from ..compiler import compile_outputs

    x = leaves(sample)
    output = model(x)
    return compile_outputs(output, parameters, {"X": x}, batch="X"), output


def leaves(sample: Any) -> Any:
    """Make new Values of the numbers of a sample, in lists as they are.

    >>> leaves([1.0, [2.0]])
    [Value(data=1.0, grad=0.0), [Value(data=2.0, grad=0.0)]]
    """
    if hasattr(sample, "__len__"):
        return [leaves(part) for part in sample]
    return Value(sample.data if isinstance(sample, Value) else sample)


def _parameters(model: Any) -> list[Value]:
    return model.parameters() if hasattr(model, "parameters") else []


@no_grad()
def _called(model: Callable[[Any], Any], x: Any) -> list[float]:
    """The numbers that the model itself gives for a sample."""
    output = model(unpacked(x))
    several = output if hasattr(output, "__len__") else [output]
    return [float(number) for number in several]


def _agree(some: list[float], others: list[float]) -> bool:
    if len(some) != len(others):
        return False
    pairs = zip(some, others, strict=True)
    return all(isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in pairs)
