"""Seven toy data sets, one small network each: which shapes can it tell apart?

장난감 데이터 일곱 가지를 작은 신경망으로 분류합니다. 어떤 모양까지 구별할까요?

Beside each network stands a linear model, which draws straight lines alone.

신경망마다 직선밖에 긋지 못하는 선형 모델을 나란히 놓습니다.
"""

from collections.abc import Callable, Sequence
from functools import partial

from micrograd_kr import MLP, fit, watch
from micrograd_kr.cli import Demo
from micrograd_kr.nn import Adam, accuracy, cross_entropy
from micrograd_kr.text import choose
from micrograd_kr.training import (
    Data,
    make_blobs,
    make_circles,
    make_moons,
    make_spirals,
    make_xor,
    make_yin_yang,
    plot,
)

SETS: dict[str, Callable[..., Data]] = {  # name, to the data of a seed
    "moons": partial(make_moons, 100),
    "circles": partial(make_circles, 100),
    "2 spirals": partial(make_spirals, 200, classes=2),
    "3 spirals": partial(make_spirals, 200, classes=3),
    "xor": partial(make_xor, 100),
    "blobs": partial(make_blobs, 100),
    "yin-yang": partial(make_yin_yang, 300),
}
HIDDEN = (16, 16)


def train(name: str, epochs: int, hidden: Sequence[int] = HIDDEN) -> tuple[MLP, float]:
    """Train on a set; give the model, and its accuracy on new points.

    Without hidden layers it is a linear model.
    """
    X, y = SETS[name](seed=0)
    model = MLP(2, [*hidden, len(set(y))], seed=0)
    fit(
        model,
        X,
        y,
        loss=cross_entropy,
        optimizer=Adam(model.parameters(), lr=0.01),
        epochs=epochs,
        batch_size=20,
        progress=False,
        compiled=True,
    )
    X_new, y_new = SETS[name](seed=1)
    return model, accuracy([model(x) for x in X_new], y_new)


def main(demo: Demo) -> None:
    """Train a linear model and a network on each set; draw both boundaries."""
    linear = choose("선형 모델", "linear model")
    network = choose("신경망", "network")
    picture = plot.figure(2, len(SETS), size=(3.2, 3.2))
    for title, hidden, row in ((linear, (), 0), (network, HIDDEN, len(SETS))):
        print(f"== {title}")
        for ax, name in zip(picture.axes[row:], SETS, strict=False):
            model, right = train(name, demo.epochs, hidden)
            print(f"{right:>5.0%} {name}")
            X, y = SETS[name](seed=1)
            plot.decision_boundary(model, X, y, ax=ax, title=f"{title}: {right:.0%}")
    demo.write(picture, "toy_classification.svg")

    yin_yang = SETS["yin-yang"]
    page = watch(
        MLP(2, [*HIDDEN, 3], seed=0),
        *yin_yang(seed=0),
        loss=cross_entropy,
        validation=yin_yang(seed=1),
        batch_size=20,
    )
    demo.write(page, "toy_classification.html")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=200))
