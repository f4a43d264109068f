"""Backpropagation one node at a time: as text, and as pages to share.

역전파를 한 노드씩 따라갑니다: 글로, 그리고 나눌 수 있는 페이지로.
"""

from micrograd_kr import MLP, Stepper, Value
from micrograd_kr.cli import Demo
from micrograd_kr.nn import SGD, mse
from micrograd_kr.text import choose

XOR_X = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR_Y = [0, 1, 1, 0]


def two_paths() -> Value:
    """Use a and d twice each: their gradients come on two paths and add up."""
    a, b = Value(2, "a"), Value(-3, "b")
    d = a * b
    e = d + a
    L = d * e
    d.label, e.label, L.label = "deL"
    return L


def xor_loss(model: MLP) -> Value:
    """Give the mean squared error of a network on the four cases of xor."""
    loss = mse([model(x) for x in XOR_X], XOR_Y)
    loss.label = "loss"
    return loss


def main(demo: Demo) -> None:
    """Walk back through two graphs; take a step down the gradients of the second."""
    model = MLP(2, [2, 1], activation="tanh", seed=3)
    loss = xor_loss(model)
    for name, root in {"two_paths": two_paths(), "xor": loss}.items():
        stepper = Stepper(root)
        for _ in range(3):
            print(stepper.next())
        print(stepper.why())
        print(stepper.run())
        demo.write(stepper, f"{name}.html")

    print(choose("== 기울기를 따라 한 걸음", "== One step down the gradients"))
    SGD(model.parameters(), lr=0.1).step()
    after = xor_loss(model)
    print(f"{choose('손실', 'loss')}: {loss.data:.4f} → {after.data:.4f}")


if __name__ == "__main__":
    main(Demo(__doc__))
