"""Seven toy data sets, one small network each: which shapes can it tell apart?

장난감 데이터 일곱 가지를 작은 신경망으로 분류합니다. 어떤 모양까지 구별할 수 있을까요?
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from micrograd_kr import MLP
from micrograd_kr.nn import Adam, accuracy, binary_cross_entropy, cross_entropy
from micrograd_kr.training import (
    Data,
    evaluate,
    fit,
    make_blobs,
    make_circles,
    make_moons,
    make_spirals,
    make_xor,
    make_yin_yang,
    plot,
)

SETS: dict[str, Callable[[int], Data]] = {  # name, to the data of a seed
    "moons · 반달": lambda seed: make_moons(100, seed=seed),
    "circles · 동심원": lambda seed: make_circles(100, seed=seed),
    "2 spirals · 나선 2개": lambda seed: make_spirals(200, classes=2, seed=seed),
    "3 spirals · 나선 3개": lambda seed: make_spirals(200, classes=3, seed=seed),
    "xor · 배타적 논리합": lambda seed: make_xor(100, seed=seed),
    "blobs · 덩어리": lambda seed: make_blobs(100, seed=seed),
    "yin-yang · 음양": lambda seed: make_yin_yang(300, seed=seed),
}


def train(name: str, epochs: int) -> tuple[MLP, float, float]:
    """A network trained on a set, and its accuracy on that and on as many new points."""
    X, y = SETS[name](0)
    classes = len(set(y))
    model = MLP(2, [16, 16, 1 if classes == 2 else classes], seed=0)
    loss = binary_cross_entropy if classes == 2 else cross_entropy
    optimizer = Adam(model.parameters(), lr=0.01)
    fit(
        model,
        X,
        y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=20,
        progress=False,
        compiled=True,
    )
    _, seen = evaluate(model, X, y, loss=loss, metric=accuracy)
    _, new = evaluate(model, *SETS[name](1), loss=loss, metric=accuracy)
    return model, seen or 0.0, new or 0.0


def main(argv: Sequence[str] | None = None) -> None:
    """Train on each set, print the accuracies, draw the decision boundaries with points not trained on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        help="the folder for the picture (default: out)",
    )
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)

    print(
        "== MLP(2, [16, 16, classes]), accuracy on the points trained on, and on new ones"
    )
    print("   정확도: 학습한 점, 그리고 새로운 점")
    picture = plot.figure(2, 4, size=(3.6, 3.4))
    for name, ax in zip(SETS, picture.axes, strict=False):
        model, seen, new = train(name, args.epochs)
        print(f"   {seen:>5.0%} {new:>5.0%}   {name}", flush=True)
        plot.decision_boundary(model, *SETS[name](1), ax=ax, title=f"{name}: {new:.0%}")
        ax.set_aspect("equal")
    picture.axes[-1].set_axis_off()
    print("== Picture · 그림")
    print("  ", plot.save(picture, args.out / "toy_classification.svg"))


if __name__ == "__main__":
    main()
