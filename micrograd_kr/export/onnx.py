"""To ONNX, the format of models that every runtime reads: browsers, phones, other languages.

A fifth reader of the table of operations: where ONNX has no operator for an activation, the text of
the table is read as a syntax tree and spelled out in simpler ones.
"""

import ast
import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine import FLOATS, OPS
from ..nn import Module
from ..text import replace_file
from .torch import import_or_say, layers_of

OPSET = 18  # of ONNX 1.13 and onnxruntime 1.14, of early 2023


def to_onnx(
    model: Module, path: str | os.PathLike[str], dtype: str = "float32"
) -> None:
    """Write an MLP, Layer or Neuron to an ONNX file: input ``x`` (batch, inputs), output ``y`` (batch, outputs).

    An activation is ONNX's operator of that name or, where it has none, is spelled out in simpler ones
    from the text of the table. ``dtype`` "float32" is what all programs read, and equal to the model
    within some 1e-6; "float64" is equal within rounding, but onnxruntime cannot compute erf, and so
    gelu, in it. Raises ImportError without onnx, and ValueError for what cannot be written.

    >>> import onnx, pathlib, tempfile
    >>> from micrograd_kr.nn.modules import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "model.onnx")
    ...     to_onnx(MLP(2, [16, 1], seed=0), path)
    ...     [node.op_type for node in onnx.load(path).graph.node]
    ['Gemm', 'Relu', 'Gemm']
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"to_onnx: dtype {dtype!r} is not 'float32' or 'float64'")
    onnx, numpy = import_or_say("onnx", "to_onnx"), import_or_say("numpy", "to_onnx")
    layers = layers_of(model, "to_onnx")
    graph = _Graph(onnx, numpy, dtype)
    out = "x"
    for i, layer in enumerate(layers):
        weight = graph.constant(layer.weight, f"layer{i}.weight")
        out = graph.node(
            "Gemm", out, weight, graph.constant(layer.bias, f"layer{i}.bias"), transB=1
        )
        if layer.activation is not None:
            out = graph.call(layer.activation.name, [out])
    graph.nodes[-1].output[0] = "y"
    helper, kind = onnx.helper, onnx.helper.np_dtype_to_tensor_dtype(graph.dtype)
    proto = helper.make_model(
        helper.make_graph(
            graph.nodes,
            type(model).__name__,
            [
                helper.make_tensor_value_info(
                    "x", kind, ["batch", len(layers[0].weight[0])]
                )
            ],
            [
                helper.make_tensor_value_info(
                    "y", kind, ["batch", len(layers[-1].weight)]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
        producer_name="micrograd_kr",
    )
    onnx.checker.check_model(proto, full_check=True)
    replace_file(path, proto.SerializeToString())


_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "Add",
    ast.Sub: "Sub",
    ast.Mult: "Mul",
    ast.Div: "Div",
    ast.USub: "Neg",
    ast.Gt: "Greater",
    ast.Lt: "Less",
    ast.Eq: "Equal",
}


class _Graph:
    """The nodes and constants of an ONNX graph; a value is known by its name."""

    def __init__(self, onnx: Any, numpy: Any, dtype: str) -> None:
        self.onnx, self.numpy, self.dtype = onnx, numpy, numpy.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(
            self.onnx.helper.make_node(
                operator, inputs, [name], name=name, **attributes
            )
        )
        return name

    def constant(self, numbers: Any, name: str | None = None) -> str:
        with self.numpy.errstate(over="ignore"):
            array = self.numpy.asarray(numbers, dtype=self.dtype)
        if not self.numpy.isfinite(array).all():
            raise ValueError(
                f"to_onnx: a number of {name} is too large for {self.dtype}; use dtype='float64'"
            )
        name = name or f"constant{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A function of the table or of its texts: ONNX's operator of that name, or the text spelled out."""
        op = OPS.get(function)
        operator = "".join(word.capitalize() for word in function.split("_"))
        basic = op is None or op.forward.startswith(f"{function}(")
        # In float64 only the basic ones: onnxruntime lacks others, and attributes are float32.
        if (basic or self.dtype == "float32") and self.onnx.defs.has(operator, OPSET):
            if self.dtype == "float64" and operator == "Erf":
                raise ValueError(
                    f"to_onnx: onnxruntime computes {function} in float32 only; use dtype='float32'"
                )
            if op is None or op.default is None:
                return self.node(operator, *arguments)
            if len(arguments) == 1:
                return self.node(operator, *arguments, alpha=op.default)
        if function == "log1p":
            return self.node("Log", self.node("Add", self.constant(1.0), *arguments))
        if op is None:
            raise ValueError(f"to_onnx: ONNX has no {function}")
        filled = [
            *arguments,
            *([] if op.default is None else [self.constant(op.default)]),
        ]
        return self.text(
            ast.parse(op.forward, mode="eval").body,
            dict(zip(op.names, filled, strict=False)),
        )

    def text(self, tree: ast.expr, names: Mapping[str, str]) -> str:
        """The value of a text of the table, read as a syntax tree."""
        match tree:
            case ast.Name(id=name):
                return names[name] if name in names else self.constant(FLOATS[name])
            case ast.Constant(value=x):
                return self.constant(x)
            case ast.UnaryOp(op=kind, operand=x):
                return self.node(_OPERATORS[type(kind)], self.text(x, names))
            case ast.BinOp(left=x, op=kind, right=y):
                return self.node(
                    _OPERATORS[type(kind)], self.text(x, names), self.text(y, names)
                )
            case ast.Compare(left=x, ops=[comparison], comparators=[y]):
                return self.node(
                    _OPERATORS[type(comparison)],
                    self.text(x, names),
                    self.text(y, names),
                )
            case ast.IfExp(test=test, body=x, orelse=y):
                return self.node(
                    "Where",
                    self.text(test, names),
                    self.text(x, names),
                    self.text(y, names),
                )
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, [self.text(x, names) for x in arguments])
        raise ValueError(f"to_onnx: no ONNX for {ast.unparse(tree)}")
