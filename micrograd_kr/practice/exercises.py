"""Expressions of rising difficulty, made of a seed: the same seed, the same ones.

>>> first = exercise(2, 3, 0)
>>> first.loss.data == exercise(2, 3, 0).loss.data, [v.label for v in first.asked]
(True, ['a', 'b'])
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from ..engine import FUNCTIONS, Value

# 2 and 1 are left out: x + x is x * x at 2, and who forgets a factor of 1 is right.
NUMBERS = (-5, -4, -3, -2, 3, 4, 5, 6)


class Exercise(NamedTuple):
    """A graph, the leaves whose grads are asked for, and numbers that help."""

    loss: Value
    asked: list[Value]
    hint: str = ""


def exercise(level: int, seed: int, k: int) -> Exercise:
    """Make the k-th exercise of a level, 1 to 5."""
    random = Random(f"{seed} {level} {k}")
    makers = LEVELS[level - 1]
    return makers[k % len(makers)](random)


def leaves(random: Random, names: str) -> list[Value]:
    """Make leaves of these names, no two with the same number but for the sign."""
    sizes = random.sample(sorted({abs(x) for x in NUMBERS}), len(names))
    numbers = [random.choice([x for x in NUMBERS if abs(x) == n]) for n in sizes]
    return [Value(x, name) for x, name in zip(numbers, names, strict=True)]


def named(**values: Value) -> None:
    """Give each Value the name of its argument."""
    for name, v in values.items():
        v.label = name


# ---- 1: two operations in a row ------------------------------------------------------


def product_and_sum(random: Random) -> Exercise:
    """Make (a + b) * c."""
    a, b, c = leaves(random, "abc")
    d = a + b
    L = d * c
    named(d=d, L=L)
    return Exercise(L, [a, b, c])


def sum_of_product(random: Random) -> Exercise:
    """Make c - a * b."""
    a, b, c = leaves(random, "abc")
    d = a * b
    L = c - d
    named(d=d, L=L)
    return Exercise(L, [a, b, c])


def square_of_difference(random: Random) -> Exercise:
    """Make (a - b) ** 2."""
    a, b = leaves(random, "ab")
    d = a - b
    L = d**2
    named(d=d, L=L)
    return Exercise(L, [a, b])


# ---- 2: used again -------------------------------------------------------------------


def leaf_again(random: Random) -> Exercise:
    """Make a * b + a."""
    a, b = leaves(random, "ab")
    d = a * b
    L = d + a
    named(d=d, L=L)
    return Exercise(L, [a, b])


def product_with_itself(random: Random) -> Exercise:
    """Make (a + b) * (a + b), as one Value."""
    a, b = leaves(random, "ab")
    d = a + b
    L = d * d
    named(d=d, L=L)
    return Exercise(L, [a, b])


def diamond(random: Random) -> Exercise:
    """Make two ways from d to L."""
    a, b, c = leaves(random, "abc")
    d = a * b
    e = d + c
    f = d * c
    L = e + f
    named(d=d, e=e, f=f, L=L)
    return Exercise(L, [a, c])


# ---- 3: relu -------------------------------------------------------------------------


def relu_at_work(random: Random) -> Exercise:
    """Make relu(a * b) * a where a * b is positive."""
    return _relu(random, alive=True)


def relu_dead(random: Random) -> Exercise:
    """Make it where a * b is negative: what is left is the other way."""
    return _relu(random, alive=False)


def _relu(random: Random, alive: bool) -> Exercise:
    a, b, c = leaves(random, "abc")
    if (a.data * b.data > 0) != alive:
        b.data = -b.data
    d = a * b
    e = d.relu()
    L = e * c + a
    named(d=d, e=e, L=L)
    return Exercise(L, [a, b, c])


# ---- 4: a neuron ---------------------------------------------------------------------


def neuron(random: Random) -> Exercise:
    """Make the squared error of tanh(w * x + b)."""
    w, x, b = Value(0.5, "w"), Value(random.choice((-2, -3, 2, 3)), "x"), Value(1, "b")
    b.data = random.choice((-0.25, 0.25, 0.75))
    t = Value(random.choice((-1, 1)), "t")
    z = w * x + b
    h = z.tanh()
    e = h - t
    L = e**2
    named(z=z, h=h, e=e, L=L)
    return Exercise(L, [w, b])


def relu_neuron(random: Random) -> Exercise:
    """Make the squared error of relu(w * x + v * y + b), at work."""
    w, v, x, y = leaves(random, "wvxy")
    b = Value(3.0, "b")
    if w.data * x.data < 0:
        w.data = -w.data
    if v.data * y.data < 0:
        v.data = -v.data
    z = w * x + v * y + b
    h = z.relu()
    e = h - 40.0
    L = e**2
    named(z=z, h=h, e=e, L=L)
    return Exercise(L, [w, v, b])


# ---- 5: softmax ----------------------------------------------------------------------


def cross_entropy_of_softmax(random: Random) -> Exercise:
    """Make -log softmax(a, b, c)[target] as logsumexp - logit, as it is computed."""
    x, y, z = random.sample((0, 1, 2, 3), 3)
    logits = [Value(x, n) for x, n in zip((x, y, z), "abc", strict=True)]
    target = random.choice(logits)
    s = FUNCTIONS["logsumexp"](logits)
    L = s - target
    named(s=s, L=L)
    chances = [f"exp({v.label} - s) = {(v - s).exp().data:.4f}" for v in logits]
    return Exercise(L, logits, ", ".join(chances))


LEVELS: tuple[tuple[Callable[[Random], Exercise], ...], ...] = (
    (product_and_sum, sum_of_product, square_of_difference),
    (leaf_again, product_with_itself, diamond),
    (relu_dead, relu_at_work),
    (neuron, relu_neuron),
    (cross_entropy_of_softmax,),
)
