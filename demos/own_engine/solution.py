"""A whole autograd engine in sixty lines: one way to fill in the template beside it."""

import math


class Value:
    """A number that remembers what it was computed from, and the local partials."""

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0
        self.edges = edges  # pairs: a parent, and the partial with respect to it

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -as_value(other)

    def __rsub__(self, other):
        return other + -self

    def __pow__(self, n):
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    def __rtruediv__(self, other):
        return other * self**-1

    def relu(self):
        return Value(max(self.data, 0.0), [(self, 1.0 if self.data > 0 else 0.0)])

    def exp(self):
        out = math.exp(self.data)
        return Value(out, [(self, out)])

    def tanh(self):
        out = math.tanh(self.data)
        return Value(out, [(self, 1 - out * out)])

    def backward(self):
        order = topological_order(self)
        for v in order:
            if v.edges:  # what an earlier backward() left; a leaf keeps its grad
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(order):
            for parent, partial in v.edges:
                parent.grad += v.grad * partial


def as_value(x):
    return x if isinstance(x, Value) else Value(x)


def topological_order(result):
    order, seen, stack = [], set(), [(result, False)]
    while stack:  # a stack of one's own: no graph is too deep
        v, parents_done = stack.pop()
        if parents_done:
            order.append(v)
        elif v not in seen:
            seen.add(v)
            stack += [(v, True), *[(parent, False) for parent, _ in v.edges]]
    return order
