"""Two moons: a network of 337 parameters learns to tell two half circles apart.

두 개의 달: 파라미터 337개짜리 신경망이 맞물린 두 반달을 구별하는 법을 배웁니다.
"""

from micrograd_kr import MLP, Value, draw, fit
from micrograd_kr.cli import Demo
from micrograd_kr.nn import Adam, accuracy, binary_cross_entropy
from micrograd_kr.text import choose
from micrograd_kr.training import make_moons, plot


def strongest_neuron(model: MLP, point: list[float]) -> Value:
    """Give the output of the first layer's neuron that fires most at a point."""
    x = [Value(number, f"x{i}") for i, number in enumerate(point)]
    return max(model.layers[0](x), key=lambda output: output.data)


def main(demo: Demo) -> None:
    """Train, print loss and accuracy, write three pictures and a page of the run."""
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    history = fit(
        model,
        X,
        y,
        loss=binary_cross_entropy,
        optimizer=Adam(model.parameters(), lr=0.03),
        metric=accuracy,
        epochs=demo.epochs,
        compiled=True,
    )
    print(f"{choose('정확도', 'accuracy')} {history[-1].metric:.0%}")

    demo.write(plot.decision_boundary(model, X, y), "moons_boundary.svg")
    demo.write(history.plot(), "moons_loss.svg")
    neuron = strongest_neuron(model, X[0])
    neuron.backward()
    demo.write(draw(neuron, partials=True), "neuron.svg")
    demo.write(history, "moons.html")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=100))
