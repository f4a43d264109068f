"""Your own autograd engine. Fill in what says TODO, from the top; then type

    python -m micrograd_kr check my_value.py

여러분의 자동미분 엔진입니다. TODO라고 쓴 곳을 위에서부터 채우고 위의 명령을 치세요.
"""

import math


class Value:
    """A number that remembers where it came from. 어디서 왔는지 기억하는 숫자."""

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0
        # Pairs (parent, partial): what it was computed from, and how fast it grows when
        # that grows. 무엇으로 계산되었는지, 그것이 커질 때 얼마나 빨리 커지는지의 쌍들.
        self.edges = edges

    def __add__(self, other):
        other = as_value(other)
        # TODO 1: return Value(the sum, [(self, its partial), (other, its partial)])
        # 합과 두 국소 미분을 가진 Value를 돌려주세요.
        raise NotImplementedError("TODO 1: +")

    def __mul__(self, other):
        # TODO 2: in the same way. 같은 방법으로.
        raise NotImplementedError("TODO 2: *")

    # TODO 3: 2.0 + a and 2.0 * a: what does Python call when the float is on the left?
    # float이 왼쪽에 있으면 파이썬은 무엇을 부릅니까?

    def backward(self):
        """Set the grad of all that this depends on. 앞선 값들의 grad를 구합니다."""
        # TODO 4: begin with self.grad, and let each Value give its parents their share.
        # Which Value may go next? self.grad에서 시작해 값마다 부모에게 몫을 줍니다.
        # 다음은 누구 차례입니까?
        raise NotImplementedError("TODO 4: backward")

    # TODO 5: -a, a - b, 2.0 - a

    def __pow__(self, n):
        # TODO 6: n is a plain number; then a / b and 2.0 / a. n은 보통 숫자입니다.
        raise NotImplementedError("TODO 6: **")

    def relu(self):
        # TODO 7: what is below 0 becomes 0. 0보다 작으면 0이 됩니다.
        raise NotImplementedError("TODO 7: relu")

    def exp(self):
        # TODO 8: math.exp
        raise NotImplementedError("TODO 8: exp")

    def tanh(self):
        # TODO 9: math.tanh
        raise NotImplementedError("TODO 9: tanh")

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"


def as_value(x):
    """Give a Value for a Value or a plain number. 숫자도 Value로 만듭니다."""
    return x if isinstance(x, Value) else Value(x)
