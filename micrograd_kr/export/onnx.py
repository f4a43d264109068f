"""To ONNX, the format of models that every runtime reads: browsers, phones, languages.

One more reader of the table of operations: where ONNX has no operator for an
activation, the text of its row is read as a syntax tree and spelled out in simpler
ones.
"""

import ast
import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine import FLOATS, OPS, Op
from ..nn import Module
from ..text import replace_file
from .layers import layers_of, needed
from .messages import say

OPSET = 18  # of ONNX 1.13 and onnxruntime 1.14, of early 2023
FORMAT = 8  # of the file; as old


def to_onnx(
    model: Module, path: str | os.PathLike[str], dtype: str = "float32"
) -> None:
    """Write an MLP, Layer or Neuron to an ONNX file.

    Its input ``x`` has the shape (batch, inputs), its output ``y`` (batch, outputs). An
    activation is ONNX's operator of that name or, where it has none, is spelled out in
    simpler ones from the text of the table. ``dtype`` "float32" is what all programs
    read, and equal to the model within some 1e-6; "float64" is equal within rounding,
    but onnxruntime cannot compute erf, and so gelu, in it. Raises ImportError without
    onnx, and ValueError for what cannot be written.

    >>> import onnx, pathlib, tempfile
    >>> from micrograd_kr.nn import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "model.onnx")
    ...     to_onnx(MLP(2, [16, 1], seed=0), path)
    ...     [node.op_type for node in onnx.load(path).graph.node]
    ['Gemm', 'Relu', 'Gemm']
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(say("dtype", dtype=repr(dtype)))
    onnx, numpy = needed("onnx", "to_onnx"), needed("numpy", "to_onnx")
    layers = layers_of(model, "to_onnx")
    graph = _Graph(onnx, numpy, dtype)
    out = "x"
    for i, layer in enumerate(layers):
        weight = graph.constant(layer.weight, f"layer{i}.weight")
        bias = graph.constant(layer.bias, f"layer{i}.bias")
        out = graph.node("Gemm", out, weight, bias, transB=1)
        if layer.activation is not None:
            out = graph.call(layer.activation.name, [out])
    graph.nodes[-1].output[0] = "y"
    nin, nout = len(layers[0].weight[0]), len(layers[-1].weight)
    file = graph.model(type(model).__name__, nin, nout)
    onnx.checker.check_model(file, full_check=True)
    replace_file(path, file.SerializeToString())


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


# Of onnxruntime; in float64 it has no text to be spelled out by either.
_FLOAT32_ONLY = ("Erf", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh")

# What the texts call and ONNX lacks, in what it has.
_SPELLED = {
    "log1p": "log(1 + x)",
    "expm1": "exp(x) - 1",
    "log2": "log(x) / log(2.0)",
    "log10": "log(x) / log(10.0)",
}


class _Graph:
    """The nodes and constants of an ONNX graph; a value is known by its name."""

    def __init__(self, onnx: Any, numpy: Any, dtype: str) -> None:
        self.onnx, self.numpy, self.dtype = onnx, numpy, numpy.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def model(self, name: str, nin: int, nout: int) -> Any:
        """Give all of it as a model from ``x`` to ``y``."""
        helper = self.onnx.helper
        kind = helper.np_dtype_to_tensor_dtype(self.dtype)
        x = helper.make_tensor_value_info("x", kind, ["batch", nin])
        y = helper.make_tensor_value_info("y", kind, ["batch", nout])
        return helper.make_model(
            helper.make_graph(self.nodes, name, [x], [y], self.constants),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=FORMAT,
            producer_name="micrograd_kr",
        )

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; give the name of its output."""
        name = f"{operator.lower()}{len(self.nodes)}"
        make = self.onnx.helper.make_node
        self.nodes.append(make(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, numbers: Any, name: str | None = None) -> str:
        """Add a number, or lists of them, as an array; give its name."""
        name = name or f"constant{len(self.constants)}"
        with self.numpy.errstate(over="ignore"):
            array = self.numpy.asarray(numbers, dtype=self.dtype)
        if not self.numpy.isfinite(array).all():
            raise ValueError(say("too_large", name=name, dtype=str(self.dtype)))
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """Add a function of the table, or one that its texts use."""
        op = OPS.get(function)
        operator = "".join(word.capitalize() for word in function.split("_"))
        if self._has(operator, op):
            if op is None or op.default is None:
                return self.node(operator, *arguments)
            if len(arguments) == 1:
                return self.node(operator, *arguments, alpha=op.default)
        if function in _SPELLED:
            x = ast.parse(_SPELLED[function], mode="eval").body
            return self.text(x, {"x": arguments[0]})
        if op is not None and not op.forward.startswith(f"{op.name}("):
            return self._spelled_out(op, arguments)
        raise ValueError(say("not_in_onnx", text=function))

    def _has(self, operator: str, op: Op | None) -> bool:
        """Whether ONNX's own operator is to be taken.

        In float64 only for what the table has no text for: onnxruntime lacks others
        there, and the slope of a LeakyRelu is a float32.
        """
        if not self.onnx.defs.has(operator, OPSET):
            return False
        if self.dtype == "float32":
            return True
        if operator in _FLOAT32_ONLY:
            raise ValueError(say("float32_only", name=operator.lower()))
        return op is None or op.forward.startswith(f"{op.name}(")

    def _spelled_out(self, op: Op, arguments: Sequence[str]) -> str:
        """Add the text of a row; what is left out is its default."""
        filled = list(arguments)
        if len(filled) < len(op.names):
            filled.append(self.constant(op.default))
        names = dict(zip(op.names, filled, strict=True))
        return self.text(ast.parse(op.forward, mode="eval").body, names)

    def text(self, tree: ast.expr, names: Mapping[str, str]) -> str:
        """Add what a text of the table says, read as a syntax tree."""
        match tree:
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Name(id=name):
                return self.constant(FLOATS[name])
            case ast.Constant(value=number):
                return self.constant(number)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self.call(function, [self.text(x, names) for x in arguments])
        operator, operands = _operator(tree)
        return self.node(operator, *[self.text(x, names) for x in operands])


def _operator(tree: ast.expr) -> tuple[str, list[ast.expr]]:
    """ONNX's operator for a sign, a comparison or a condition, and its operands."""
    match tree:
        case ast.UnaryOp(op=sign, operand=x):
            return _OPERATORS[type(sign)], [x]
        case ast.BinOp(left=x, op=sign, right=y):
            return _OPERATORS[type(sign)], [x, y]
        case ast.Compare(left=x, ops=[sign], comparators=[y]):
            return _OPERATORS[type(sign)], [x, y]
        case ast.IfExp(test=test, body=x, orelse=y):
            return "Where", [test, x, y]
    raise ValueError(say("not_in_onnx", text=ast.unparse(tree)))
