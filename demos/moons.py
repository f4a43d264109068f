"""Two moons: a network of 337 parameters learns to tell two half circles apart.

두 개의 달: 파라미터 337개짜리 신경망이 맞물린 두 반달을 구별하는 법을 배웁니다.
"""

from collections.abc import Sequence

from micrograd_kr import MLP, Value, draw, fit
from micrograd_kr.cli import demo_options, page_written
from micrograd_kr.nn import Adam, accuracy, binary_cross_entropy
from micrograd_kr.text import choose
from micrograd_kr.training import evaluate, make_moons, plot


def main(argv: Sequence[str] | None = None) -> None:
    """Train, print loss and accuracy, write three pictures and a page of the run."""
    options = demo_options(__doc__, page=True)
    options.add_argument("--epochs", type=int, default=100)
    args = options.parse_args(argv)

    print(
        choose("== 데이터: 두 반달 위의 점 100개", "== Data: 100 points on two moons")
    )
    X, y = make_moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    parameters = model.parameters()
    print(f"   {model}, {len(parameters)} {choose('파라미터', 'parameters')}")

    print(choose("== 학습", "== Training"))
    history = fit(
        model,
        X,
        y,
        loss=binary_cross_entropy,
        optimizer=Adam(parameters, lr=0.03),
        metric=accuracy,
        epochs=args.epochs,
    )
    loss, correct = evaluate(model, X, y, loss=binary_cross_entropy, metric=accuracy)
    print(f"   {choose('손실', 'loss')} {loss:.4f}")
    print(f"   {choose('정확도', 'accuracy')} {correct:.0%}")

    print(choose("== 그림", "== Pictures"))
    boundary = plot.decision_boundary(model, X, y)
    print("  ", plot.save(boundary, args.out / "moons_boundary.svg"))
    print("  ", plot.save(plot.loss_curve(history), args.out / "moons_loss.svg"))
    neuron = strongest_neuron(model, X[0])
    model.zero_grad()
    neuron.backward()
    print("  ", draw(neuron, partials=True).save(args.out / "neuron.svg"))
    print(choose("== 배우는 모습", "== The page where it learns"))
    page_written(history.save(args.out / "moons.html"), args.open)


def strongest_neuron(model: MLP, point: list[float]) -> Value:
    """Give the output of the first layer's neuron that fires most at a point."""
    x = [Value(point[0], "x0"), Value(point[1], "x1")]
    outputs = [neuron(x) for neuron in model.layers[0].neurons]
    return max(outputs, key=lambda output: output.data)


if __name__ == "__main__":
    main()
