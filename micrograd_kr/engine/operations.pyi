"""The operations of the table as a type checker sees them. scripts/stub.py wrote it."""

from collections.abc import Iterable
from typing import TypeAlias

from ..picture import draw as _draw
from .value import Number, Value

_Operand: TypeAlias = Value | Number

class _Operations:
    """Has the operations of the table as its methods."""

    draw = _draw
    def __add__(self, other: _Operand) -> Value:
        """x + y."""
    def __radd__(self, other: Number) -> Value:
        """x + y."""
    def __sub__(self, other: _Operand) -> Value:
        """x - y."""
    def __rsub__(self, other: Number) -> Value:
        """x - y."""
    def __mul__(self, other: _Operand) -> Value:
        """x * y."""
    def __rmul__(self, other: Number) -> Value:
        """x * y."""
    def __truediv__(self, other: _Operand) -> Value:
        """x / y."""
    def __rtruediv__(self, other: Number) -> Value:
        """x / y."""
    def __pow__(self, other: _Operand) -> Value:
        """pow(x, y)."""
    def __rpow__(self, other: Number) -> Value:
        """pow(x, y)."""
    def __neg__(self) -> Value:
        """-x."""
    def __abs__(self) -> Value:
        """abs(x)."""
    def maximum(self, other: _Operand) -> Value:
        """x if x > y else y."""
    def minimum(self, other: _Operand) -> Value:
        """x if x < y else y."""
    def clip(self, lo: _Operand, hi: _Operand) -> Value:
        """minimum(maximum(x, lo), hi)."""
    def exp(self) -> Value:
        """exp(x)."""
    def log(self) -> Value:
        """log(x)."""
    def log2(self) -> Value:
        """log2(x)."""
    def log10(self) -> Value:
        """log10(x)."""
    def sqrt(self) -> Value:
        """sqrt(x)."""
    def hypot(self, other: _Operand) -> Value:
        """hypot(x, y)."""
    def sin(self) -> Value:
        """sin(x)."""
    def cos(self) -> Value:
        """cos(x)."""
    def tan(self) -> Value:
        """tan(x)."""
    def asin(self) -> Value:
        """asin(x)."""
    def acos(self) -> Value:
        """acos(x)."""
    def atan(self) -> Value:
        """atan(x)."""
    def sinh(self) -> Value:
        """sinh(x)."""
    def cosh(self) -> Value:
        """cosh(x)."""
    def tanh(self) -> Value:
        """tanh(x)."""
    def erf(self) -> Value:
        """erf(x)."""
    def sigmoid(self) -> Value:
        """exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))."""
    def softplus(self) -> Value:
        """maximum(x, 0.0) + log1p(exp(-abs(x)))."""
    def relu(self) -> Value:
        """x if x > 0 else 0.0."""
    def leaky_relu(self, other: _Operand = 0.01) -> Value:
        """x if x > 0 else x * y."""
    def elu(self, other: _Operand = 1.0) -> Value:
        """maximum(x, 0.0) + y * expm1(minimum(x, 0.0))."""
    def silu(self) -> Value:
        """x * sigmoid(x)."""
    def gelu(self) -> Value:
        """0.5 * x * (1 + erf(x * sqrt(0.5)))."""

def add(x: _Operand, y: _Operand) -> Value:
    """x + y."""

def sub(x: _Operand, y: _Operand) -> Value:
    """x - y."""

def mul(x: _Operand, y: _Operand) -> Value:
    """x * y."""

def div(x: _Operand, y: _Operand) -> Value:
    """x / y."""

def pow(x: _Operand, y: _Operand) -> Value:
    """pow(x, y)."""

def neg(x: _Operand) -> Value:
    """-x."""

def abs(x: _Operand) -> Value:
    """abs(x)."""

def maximum(x: _Operand, y: _Operand) -> Value:
    """x if x > y else y."""

def minimum(x: _Operand, y: _Operand) -> Value:
    """x if x < y else y."""

def clip(x: _Operand, lo: _Operand, hi: _Operand) -> Value:
    """minimum(maximum(x, lo), hi)."""

def exp(x: _Operand) -> Value:
    """exp(x)."""

def log(x: _Operand) -> Value:
    """log(x)."""

def log2(x: _Operand) -> Value:
    """log2(x)."""

def log10(x: _Operand) -> Value:
    """log10(x)."""

def sqrt(x: _Operand) -> Value:
    """sqrt(x)."""

def hypot(x: _Operand, y: _Operand) -> Value:
    """hypot(x, y)."""

def sin(x: _Operand) -> Value:
    """sin(x)."""

def cos(x: _Operand) -> Value:
    """cos(x)."""

def tan(x: _Operand) -> Value:
    """tan(x)."""

def asin(x: _Operand) -> Value:
    """asin(x)."""

def acos(x: _Operand) -> Value:
    """acos(x)."""

def atan(x: _Operand) -> Value:
    """atan(x)."""

def sinh(x: _Operand) -> Value:
    """sinh(x)."""

def cosh(x: _Operand) -> Value:
    """cosh(x)."""

def tanh(x: _Operand) -> Value:
    """tanh(x)."""

def erf(x: _Operand) -> Value:
    """erf(x)."""

def sigmoid(x: _Operand) -> Value:
    """exp(minimum(x, 0.0)) / (1 + exp(-abs(x)))."""

def softplus(x: _Operand) -> Value:
    """maximum(x, 0.0) + log1p(exp(-abs(x)))."""

def relu(x: _Operand) -> Value:
    """x if x > 0 else 0.0."""

def leaky_relu(x: _Operand, y: _Operand = 0.01) -> Value:
    """x if x > 0 else x * y."""

def elu(x: _Operand, y: _Operand = 1.0) -> Value:
    """maximum(x, 0.0) + y * expm1(minimum(x, 0.0))."""

def silu(x: _Operand) -> Value:
    """x * sigmoid(x)."""

def gelu(x: _Operand) -> Value:
    """0.5 * x * (1 + erf(x * sqrt(0.5)))."""

def sum(x: Iterable[_Operand]) -> Value:
    """sum(x)."""

def dot(x: Iterable[_Operand], y: Iterable[_Operand]) -> Value:
    """dot(x, y)."""

def linear(w: Iterable[_Operand], x: Iterable[_Operand], b: _Operand) -> Value:
    """dot(w, x) + b."""

def logsumexp(x: Iterable[_Operand]) -> Value:
    """logsumexp(x)."""
