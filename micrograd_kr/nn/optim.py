"""Optimizers: from gradients to better parameters.

The rule of each, ``update``, is plain arithmetic, so it serves single floats and whole arrays alike.
"""

from collections.abc import Iterable
from typing import Any

from ..engine import Value


class Optimizer:
    """Steps a list of parameters; `SGD`, `Adam` and `AdamW` say how.

    Raises ValueError for an empty list, for a Value that was computed or is listed twice, and, when a
    step would make a parameter infinite or NaN, OverflowError before any parameter has changed.

    >>> w = Value(1.0, "w"); optimizer = SGD([w], lr=0.5)
    >>> for _ in range(2):
    ...     optimizer.zero_grad(); (w * w).backward(); optimizer.step()
    >>> w.data
    0.0
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        self.steps = 0
        self.state: list[tuple[Any, ...]] = [
            self.initial_state(0.0) for _ in self.parameters
        ]
        if not self.parameters:
            raise ValueError(f"{type(self).__name__} got no parameters")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{type(self).__name__}: a parameter is listed twice")
        for p in self.parameters:
            if p.op is not None:
                raise ValueError(
                    f"{type(self).__name__}: {p!r} was computed by {p.op.name}; only leaves can be learned"
                )
        if not lr > 0:
            raise ValueError(
                f"{type(self).__name__}: the learning rate must be positive, not {lr!r}"
            )

    def initial_state(self, zero: Any) -> tuple[Any, ...]:
        """What the rule remembers of a parameter between steps, at the start; ``zero`` is a 0 of its shape."""
        raise NotImplementedError

    def update(
        self, data: Any, grad: Any, state: tuple[Any, ...], t: int
    ) -> tuple[Any, tuple[Any, ...]]:
        """The parameter and its state after step ``t`` (1, 2, ...); floats or arrays."""
        raise NotImplementedError

    def step(self) -> None:
        """Move every parameter once, by its grad."""
        t = self.steps + 1
        new = [
            self.update(p.data, p.grad, s, t)
            for p, s in zip(self.parameters, self.state, strict=True)
        ]
        for p, (data, _) in zip(self.parameters, new, strict=True):
            if data - data:  # not 0.0: an infinity or nan
                name = p.label or "a parameter"
                raise OverflowError(
                    f"the step makes {name} {data!r} (grad {p.grad!r}); lower the learning rate {self.lr!r}"
                )
        for p, (data, _) in zip(self.parameters, new, strict=True):
            p.data = data
        self.state = [state for _, state in new]
        self.steps = t

    def zero_grad(self) -> None:
        """Set the grad of every parameter to zero."""
        for p in self.parameters:
            p.grad = 0.0


class SGD(Optimizer):
    """Gradient descent, with momentum as in PyTorch: v <- momentum v + grad; p <- p - lr v.

    >>> w = Value(1.0); w.grad = 2.0
    >>> SGD([w], lr=0.1).step(); w.data
    0.8
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.01,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        self.momentum, self.weight_decay = momentum, weight_decay
        super().__init__(parameters, lr)

    def initial_state(self, zero: Any) -> tuple[Any, ...]:
        """The velocity v."""
        return (zero,)

    def update(
        self, data: Any, grad: Any, state: tuple[Any, ...], t: int
    ) -> tuple[Any, tuple[Any, ...]]:
        """One step of the rule above, with weight decay added to the gradient."""
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        velocity = self.momentum * state[0] + grad if self.momentum else grad
        return data - self.lr * velocity, (velocity,)


class Adam(Optimizer):
    """Adam (Kingma & Ba, 2015): steps scaled by running means of the gradient and of its square.

    >>> w = Value(1.0); w.grad = 2.0
    >>> Adam([w], lr=0.1).step(); round(w.data, 6)
    0.9
    """

    decoupled = (
        False  # weight decay as part of the gradient; AdamW applies it to the parameter
    )

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        super().__init__(parameters, lr)

    def initial_state(self, zero: Any) -> tuple[Any, ...]:
        """The running means m and v."""
        return zero, zero

    def update(
        self, data: Any, grad: Any, state: tuple[Any, ...], t: int
    ) -> tuple[Any, tuple[Any, ...]]:
        """Algorithm 1 of the paper."""
        b1, b2 = self.betas
        if self.decoupled:
            data = data - self.lr * self.weight_decay * data
        elif self.weight_decay:
            grad = grad + self.weight_decay * data
        m = b1 * state[0] + (1 - b1) * grad
        v = b2 * state[1] + (1 - b2) * grad * grad
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        return data - self.lr * m_hat / (v_hat**0.5 + self.eps), (m, v)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov & Hutter, 2019).

    >>> w = Value(1.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step(); w.data
    0.95
    """

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)
