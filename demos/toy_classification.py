"""Seven toy data sets, one small network each: which shapes can it tell apart?

장난감 데이터 일곱 가지를 작은 신경망으로 분류합니다. 어떤 모양까지 구별할까요?

Beside each network stands a linear model, which draws straight lines alone.

신경망마다 직선밖에 긋지 못하는 선형 모델을 나란히 놓습니다.
"""

from collections.abc import Callable, Sequence
from functools import partial

from micrograd_kr import MLP, fit, watch
from micrograd_kr.cli import demo_options, page_written
from micrograd_kr.nn import Adam, accuracy, binary_cross_entropy, cross_entropy
from micrograd_kr.text import choose
from micrograd_kr.training import (
    Data,
    evaluate,
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
IN_KOREAN = (
    "반달",
    "동심원",
    "나선 2개",
    "나선 3개",
    "배타적 논리합",
    "덩어리",
    "음양",
)
HIDDEN = (16, 16)


def train(
    name: str, epochs: int, hidden: Sequence[int] = HIDDEN
) -> tuple[MLP, float, float]:
    """Train on a set; give the model, and its accuracy there and on new points.

    Without hidden layers it is a linear model.
    """
    X, y = SETS[name](seed=0)
    classes = len(set(y))
    outputs = 1 if classes == 2 else classes
    loss = binary_cross_entropy if classes == 2 else cross_entropy
    model = MLP(2, [*hidden, outputs], seed=0)
    fit(
        model,
        X,
        y,
        loss=loss,
        optimizer=Adam(model.parameters(), lr=0.01),
        epochs=epochs,
        batch_size=20,
        progress=False,
        compiled=True,
    )
    _, seen = evaluate(model, X, y, loss=loss, metric=accuracy)
    _, new = evaluate(model, *SETS[name](seed=1), loss=loss, metric=accuracy)
    return model, seen or 0.0, new or 0.0


def main(argv: Sequence[str] | None = None) -> None:
    """Train a network and a linear model on each set; draw both boundaries."""
    options = demo_options(__doc__, page=True)
    options.add_argument("--epochs", type=int, default=200)
    args = options.parse_args(argv)

    print(
        choose(
            "== 새로운 점에서의 정확도: 선형 모델, MLP(2, [16, 16, 클래스])",
            "== Accuracy on new points: linear model, MLP(2, [16, 16, classes])",
        )
    )
    picture = plot.figure(2, len(SETS), size=(3.2, 3.2))
    above = picture.axes[: len(SETS)]
    below = picture.axes[len(SETS) :]
    rows = zip(SETS, IN_KOREAN, above, below, strict=True)
    for name, in_korean, top, bottom in rows:
        shown = choose(in_korean, name)
        line, _, line_right = train(name, args.epochs, hidden=())
        model, _, right = train(name, args.epochs)
        print(f"   {line_right:>5.0%} {right:>5.0%}   {shown}", flush=True)
        X, y = SETS[name](seed=1)
        linear = choose("선형 모델", "linear model")
        title = f"{shown}\n{linear}: {line_right:.0%}"
        plot.decision_boundary(line, X, y, ax=top, title=title)
        network = choose("신경망", "network")
        plot.decision_boundary(model, X, y, ax=bottom, title=f"{network}: {right:.0%}")
        top.set_aspect("equal")
        bottom.set_aspect("equal")
    print(choose("== 그림", "== Picture"))
    print("  ", plot.save(picture, args.out / "toy_classification.svg"))
    print(choose("== 배우는 모습", "== The page where it learns"))
    page = watch(
        MLP(2, [*HIDDEN, 3], seed=0),
        *SETS["yin-yang"](seed=0),
        loss=cross_entropy,
        validation=SETS["yin-yang"](seed=1),
        batch_size=20,
    )
    page_written(page.save(args.out / "toy_classification.html"), args.open)


if __name__ == "__main__":
    main()
