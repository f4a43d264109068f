"""Optimizers: from gradients to better parameters.

The rule of each, ``update``, is plain arithmetic: it serves single floats and whole
arrays alike.
"""

from collections.abc import Iterable, Sequence
from math import hypot, inf
from numbers import Real
from operator import is_
from typing import Any

from ..engine import Value
from .messages import say
from .modules import Module, as_parameters

State = tuple[Any, ...]


class Optimizer:
    """Steps a list of parameters; `SGD`, `Adam` and `AdamW` say how.

    ``parameters``: the Values to learn, or a Module, which is all of its parameters.
    Raises TypeError for what is no list of Values; ValueError for an empty list, for a
    Value that was computed or is listed twice, and for a setting out of its range.

    >>> w = Value(1.0, "w"); optimizer = SGD([w], lr=0.5)
    >>> for _ in range(2):
    ...     optimizer.zero_grad(); (w * w).backward(); optimizer.step()
    >>> w.data
    0.0
    """

    parameters: list[Value]
    lr: float
    steps: int

    def __init__(self, parameters: Iterable[Value] | Module, lr: float) -> None:
        self.parameters = self._learnable(parameters)
        self._check(say("lr"), lr, 0 < _real(lr) < inf, "positive")
        self.lr = lr
        self.steps = 0
        self._moved: list[Value] | None = None
        self.state = [self.initial_state(0.0) for _ in self.parameters]

    def initial_state(self, zero: Any) -> State:
        """Give what the rule remembers of a parameter, before the first step.

        ``zero`` is a 0 of its shape.
        """
        raise NotImplementedError

    def update(self, data: Any, grad: Any, state: State, t: int) -> tuple[Any, State]:
        """Give the parameter and its state after step ``t`` (1, 2, ...).

        ``data``, ``grad`` and what is in ``state`` are floats, or arrays of one shape.
        """
        raise NotImplementedError

    def step(self) -> None:
        """Move every parameter once, by its grad.

        Raises OverflowError when that makes one infinite or NaN; then none has moved.
        """
        t = self.steps + 1
        moved = [
            self.update(p.data, p.grad, state, t)
            for p, state in zip(self.parameters, self.state, strict=True)
        ]
        for p, (data, _) in zip(self.parameters, moved, strict=True):
            if data - data:  # not 0.0: an infinity or nan
                raise OverflowError(self._too_far(p, data, p.grad))
        for p, (data, _) in zip(self.parameters, moved, strict=True):
            p.data = data
        self.state = [state for _, state in moved]
        self.steps = t

    @property
    def state(self) -> list[tuple[Any, ...]]:
        """What the rule remembers of each parameter."""
        if self._arrays is not None:
            self.state = list(zip(*[x.tolist() for x in self._arrays], strict=True))
        return self._state

    @state.setter
    def state(self, state: list[tuple[Any, ...]]) -> None:
        self._state = state
        self._arrays: tuple[Any, ...] | None = None  # the same, when steps are arrays

    @property
    def memory(self) -> tuple[Any, ...]:
        """All that a step changes here, to go back to, however it is kept."""
        return self._state, self._arrays, self.steps

    @memory.setter
    def memory(self, memory: tuple[Any, ...]) -> None:
        self._state, self._arrays, self.steps = memory

    def moves(self, parameters: list[Value]) -> bool:
        """Whether `step_array` does for these parameters what `step` does."""
        if getattr(self.step, "__func__", None) is not Optimizer.step:
            return False  # a step of its own
        if len(parameters) != len(self.parameters):
            return False
        if parameters is not self._moved:  # else they were looked at before
            if not all(map(is_, parameters, self.parameters)):
                return False
            self._moved = parameters
        return True

    def step_array(self, data: Any, grad: Any) -> Any:
        """Give all parameters after a step, in one array; no Value changes."""
        t = self.steps + 1
        if self._arrays is None:
            rows = type(data)((len(data), len(self.state[0])))
            rows[:] = self.state
            self._arrays = tuple(rows.T)
        new, arrays = self.update(data, grad, self._arrays, t)
        wrong = new - new  # not 0.0: an infinity or nan
        if wrong.any():
            first = int(wrong.astype(bool).argmax())
            p, data, slope = self.parameters[first], float(new[first]), grad[first]
            raise OverflowError(self._too_far(p, data, float(slope)))
        self._arrays, self.steps = arrays, t
        return new

    def zero_grad(self) -> None:
        """Set the grad of every parameter to zero."""
        for p in self.parameters:
            p.grad = 0.0

    def _learnable(self, given: Any) -> list[Value]:
        """The parameters as a list, if there are any and each can be learned."""
        who = type(self).__name__
        parameters = as_parameters(given, who)
        if not parameters:
            raise ValueError(say("no_parameters", who=who))
        met: set[Value] = set()
        for p in parameters:
            if p.op is not None:
                raise ValueError(say("computed", who=who, p=p, op=p.op.name))
            if p in met:
                raise ValueError(say("listed_twice", who=who, p=p))
            met.add(p)
        return parameters

    def _check(self, name: str, x: object, good: bool, needed: str) -> None:
        if not good:
            who, asked = type(self).__name__, say(needed)
            raise ValueError(say("setting", who=who, name=name, needed=asked, x=x))

    def _too_far(self, p: Value, data: float, grad: float) -> str:
        name = p.label or say("a_parameter")
        return say("too_far", name=name, data=data, grad=grad, lr=self.lr)


def clip_grad_norm(parameters: Iterable[Value] | Module, max_norm: float) -> float:
    """Scale the grads so that their norm is at most ``max_norm``; give what it was.

    The norm is that of all grads as one vector; scaled, it keeps its direction. To be
    called between ``backward()`` and ``step()``. Raises ValueError for a ``max_norm``
    that is not positive, TypeError for what is no Module and no list of Values, and
    OverflowError for a grad that is infinite or NaN. Pascanu et al., On the difficulty
    of training recurrent neural networks, 2013.

    >>> v, w = Value(0.0), Value(0.0); v.grad, w.grad = 3.0, 4.0
    >>> clip_grad_norm([v, w], 1.0), v.grad, w.grad
    (5.0, 0.6, 0.8)
    """
    if not _real(max_norm) > 0:  # nan is not
        raise ValueError(say("max_norm", x=max_norm))
    values = as_parameters(parameters, "clip_grad_norm")
    for p in values:
        if p.grad - p.grad:  # not 0.0: an infinity or nan
            name = p.label or say("a_parameter")
            raise OverflowError(say("grad_not_finite", name=name, grad=p.grad))
    norm = hypot(*[p.grad for p in values])
    if norm > max_norm:
        for p in values:
            p.grad = p.grad / norm * max_norm
    return norm


def _real(x: Any) -> float:
    """A setting as a float; nan, which is in no range, for what is no number."""
    return float(x) if isinstance(x, Real) else float("nan")


class SGD(Optimizer):
    """Gradient descent with momentum: v ← momentum v + grad; p ← p - lr v.

    As in PyTorch; ``weight_decay`` adds weight_decay × p to the gradient.

    >>> w = Value(1.0); w.grad = 2.0
    >>> SGD([w], lr=0.1).step(); w.data
    0.8
    """

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float = 0.01,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        self._check("momentum", momentum, 0 <= _real(momentum) < inf, "not_negative")
        self._check(
            "weight_decay", weight_decay, 0 <= _real(weight_decay) < inf, "not_negative"
        )
        self.momentum: float = momentum
        self.weight_decay: float = weight_decay
        super().__init__(parameters, lr)

    def initial_state(self, zero: Any) -> State:
        """Give the velocity v, at rest."""
        return (zero,)

    def update(self, data: Any, grad: Any, state: State, t: int) -> tuple[Any, State]:
        """Do one step of the rule above."""
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        velocity = self.momentum * state[0] + grad if self.momentum else grad
        return data - self.lr * velocity, (velocity,)


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    ``betas`` are the shares that the two means keep at each step, ``eps`` keeps the
    divisor from 0. Kingma & Ba, Adam, 2015.

    >>> w = Value(1.0); w.grad = 2.0
    >>> Adam([w], lr=0.1).step(); round(w.data, 6)
    0.9
    """

    decoupled = False  # weight decay is part of the gradient; see AdamW

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        is_pair = isinstance(betas, Sequence) and len(betas) == 2
        self._check("betas", betas, is_pair, "pair")
        for beta in betas:
            self._check("betas", betas, 0 <= _real(beta) < 1, "below_one")
        self._check("eps", eps, 0 < _real(eps) < inf, "positive")
        self._check(
            "weight_decay", weight_decay, 0 <= _real(weight_decay) < inf, "not_negative"
        )
        self.betas: tuple[float, float] = betas
        self.eps: float = eps
        self.weight_decay: float = weight_decay
        super().__init__(parameters, lr)

    def initial_state(self, zero: Any) -> State:
        """Give the running means m and v."""
        return zero, zero

    def update(self, data: Any, grad: Any, state: State, t: int) -> tuple[Any, State]:
        """Do one step of Algorithm 1 of the paper."""
        b1, b2 = self.betas
        if self.decoupled:
            data = data - self.lr * self.weight_decay * data
        elif self.weight_decay:
            grad = grad + self.weight_decay * data
        m = b1 * state[0] + (1 - b1) * grad
        v = b2 * state[1] + (1 - b2) * grad * grad
        m_hat = m / (1 - b1**t)
        v_hat = v / (1 - b2**t)
        return data - self.lr * m_hat / (v_hat**0.5 + self.eps), (m, v)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient: p ← p - lr weight_decay p first.

    Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019.

    >>> w = Value(1.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step(); w.data
    0.95
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value] | Module,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)
