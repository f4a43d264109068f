"""A network stands on a grid: columns are layers, in order, no line through a box."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import micrograd_kr as mk
from micrograd_kr import MLP, Layer, Value
from micrograd_kr.picture import arrows, draw
from micrograd_kr.picture.folding import below

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = r"-?[\d.]+"


def corners(group):
    """The rectangle around the first shape of a group: left, top, right, bottom."""
    shape = group.find(f"{SVG}path")
    points = re.findall(f"({NUMBER}),({NUMBER})", shape.get("d"))
    xs, ys = zip(*[(float(x), float(y)) for x, y in points], strict=True)
    return min(xs), min(ys), max(xs), max(ys)


class Places:
    """Where the boxes, lines and frames of a picture are, by their ids."""

    def __init__(self, drawing):
        root = ET.fromstring(drawing.svg())
        groups = list(root.iter(f"{SVG}g"))
        of_class = {
            kind: [g for g in groups if g.get("class") == kind]
            for kind in ("node", "edge", "cluster")
        }
        self.boxes = {g.get("id"): corners(g) for g in of_class["node"]}
        self.lines = {g.get("id"): g for g in of_class["edge"]}
        self.frames = {
            g.find(f"{SVG}text").text: corners(g) for g in of_class["cluster"]
        }

    def points(self, line):
        """200 points or more along a line, which is made of cubic curves."""
        path = self.lines[line].find(f"{SVG}path").get("d")
        knots = [
            (float(x), float(y)) for x, y in re.findall(f"({NUMBER}),({NUMBER})", path)
        ]
        assert len(knots) % 3 == 1
        points = []
        for i in range(0, len(knots) - 1, 3):
            curve = knots[i : i + 4]
            points += [on_curve(curve, t / 200) for t in range(201)]
        return points

    def ends(self, line):
        points = self.points(line)
        return points[0], points[-1]


def on_curve(knots, t):
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    xs, ys = zip(*knots, strict=True)
    return (
        sum(w * x for w, x in zip(weights, xs, strict=True)),
        sum(w * y for w, y in zip(weights, ys, strict=True)),
    )


def boxes_of(places, outs):
    """The box of each Value; of one that is not shown None."""
    return {v: places.boxes.get(f"n{i}") for i, v in enumerate(below(outs))}


def middle(rectangle):
    left, top, right, bottom = rectangle
    return (left + right) / 2, (top + bottom) / 2


def passes_through(points, rectangle):
    """Whether a line has a point well inside a rectangle."""
    left, top, right, bottom = rectangle
    return any(left + 1 < x < right - 1 and top + 1 < y < bottom - 1 for x, y in points)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def network(n, sizes, activation="tanh"):
    xs = [Value(float(i), f"x{i}") for i in range(n)]
    model = MLP(n, sizes, activation, seed=0)
    out = model(xs)
    return xs, model, out if isinstance(out, list) else [out]


def assert_nothing_is_in_the_way(places):
    for a, b in itertools.combinations(places.boxes.values(), 2):
        assert not overlap(a, b)
    for a, b in itertools.combinations(places.frames.values(), 2):
        assert not overlap(a, b)
    for line in places.lines:
        points = places.points(line)
        assert not any(passes_through(points, box) for box in places.boxes.values())


networks = st.tuples(
    st.integers(1, 4), st.lists(st.integers(1, 4), min_size=1, max_size=3)
)


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("partials", [False, True])
@settings(max_examples=8, deadline=None)
@given(networks)
def test_no_boxes_overlap_and_no_line_runs_through_one(fold, partials, shape):
    _, _, outs = network(*shape)
    places = Places(draw(outs, fold=fold, partials=partials, max_nodes=1000))
    assert_nothing_is_in_the_way(places)


@pytest.mark.parametrize("fold", [False, True])
@settings(max_examples=8, deadline=None)
@given(networks)
def test_columns_are_layers_and_everything_is_centred_and_in_order(fold, shape):
    n, sizes = shape
    xs, model, outs = network(n, sizes)
    drawing = draw(outs, fold=fold, max_nodes=1000)
    places = Places(drawing)
    box, order = boxes_of(places, outs), below(outs)
    columns = [[box[x] for x in xs]]
    h = xs
    for layer in model.layers:
        found = [v for v in order if v.op and v.op.symbol == "w·x+b"]
        ids = {id(w) for neuron in layer.neurons for w in neuron.parameters()}
        linear = {v: v for v in found if any(id(p) in ids for p in v.parents)}
        users = {v: u for u in order if u.op for v in u.parents if v in linear}
        is_last = layer is model.layers[-1]
        h = list(linear) if is_last else [users[v] for v in linear]
        columns.append([box[v] for v in h])
    for column in columns:
        tops = [b[1] for b in column]
        assert tops == sorted(tops)
        assert len({round(b[0]) for b in column}) == 1
    for before, after in itertools.pairwise(columns):
        assert before[0][2] < after[0][0]
    frames = list(places.frames.values())
    if fold:
        centres = [middle(frame)[1] for frame in frames]
        assert max(centres) - min(centres) < 1
    else:
        for neuron in model.layers[0].neurons:
            lefts = [box[w][0] for w in neuron.parameters()]
            assert lefts == sorted(lefts)


def with_skips(n, sizes, skips):
    """A network whose layer j reads what layer i < j - 1 made, too, for (i, j)."""
    made = [[Value(float(i), f"x{i}") for i in range(n)]]
    for j, size in enumerate(sizes, 1):
        reads = [i for i in range(j - 1) if (i, j) in skips]
        h = [*made[-1], *itertools.chain(*(made[i] for i in reads))]
        layer = Layer(len(h), size, "tanh", seed=j)
        for name, p in layer.named_parameters():
            p.label = f"layer{j}.{name}"
        out = layer(h)
        made.append(out if isinstance(out, list) else [out])
    return made


skipping = st.tuples(
    st.integers(1, 3),
    st.lists(st.integers(1, 3), min_size=2, max_size=4),
    st.sets(st.sampled_from([(0, 2), (0, 3), (1, 3), (1, 4), (2, 4)])),
)


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("partials", [False, True])
@settings(max_examples=8, deadline=None)
@given(skipping)
@example((2, [3, 3, 1], {(0, 3)}))
@example((1, [1, 3, 1, 3], {(0, 2), (1, 4)}))
def test_a_line_that_skips_columns_goes_around_their_boxes(fold, partials, shape):
    *_, outs = made = with_skips(*shape)
    drawing = draw(outs, fold=fold, partials=partials, max_nodes=1000)
    assert "layout=nop2" in drawing.source
    places = Places(drawing)
    box = boxes_of(places, outs)
    assert_nothing_is_in_the_way(places)
    columns = [[box[v] for v in layer if v in box] for layer in made]
    for before, after in itertools.pairwise(columns):
        assert max(b[2] for b in before) < min(b[0] for b in after)
    for arrow in arrows(outs, fold=fold):
        if arrow.parent.op or fold:
            assert box[arrow.parent][2] < box[arrow.box][0]
    for column in columns:
        tops = [b[1] for b in column]
        assert tops == sorted(tops)
    if fold:
        whole = [places.frames.get(f"layer{j}") for j in range(1, len(made))]
        whole.append((0, columns[0][0][1], 0, columns[0][-1][3]))
        centres = [middle(frame)[1] for frame in whole]
        assert max(centres) - min(centres) < 1


def test_lines_that_skip_columns_have_lanes_of_their_own():
    x, *_, outs = with_skips(4, [2, 2], {(0, 2)})
    places = Places(draw(outs, fold=True, partials=True))
    skips = [a for a in arrows(outs, fold=True) if a.parent in x and a.box in outs]
    points = [places.points(arrow.id) for arrow in skips]
    lanes = [line[len(line) // 2][1] for line in points]
    assert len(lanes) == 8
    gaps = [b - a for a, b in itertools.pairwise(sorted(lanes))]
    assert min(gaps) > 12  # a line of text


@pytest.mark.parametrize("partials", [False, True])
@settings(max_examples=8, deadline=None)
@given(networks, st.booleans(), st.sampled_from([None, "tanh"]))
def test_single_operations_have_a_column_each(partials, shape, skip, activation):
    n, sizes = shape
    xs = [Value(float(i), f"x{i}") for i in range(n)]
    model = MLP(n, sizes, activation, seed=0, expand=True)
    out = model(xs)
    outs = out if isinstance(out, list) else [out]
    if skip and len(sizes) < 3:  # x0 is read at most three columns on
        outs = [mk.sum([*outs, xs[0]])]
    places = Places(draw(outs, fold=False, partials=partials, max_nodes=1000))
    box = boxes_of(places, outs)
    assert_nothing_is_in_the_way(places)
    parameters = set(model.parameters())
    for arrow in arrows(outs, fold=False):
        parent, v = box[arrow.parent], box[arrow.box]
        if arrow.parent in parameters:  # it stands above its operation
            assert parent[3] < v[1]
            assert middle(parent)[0] == pytest.approx(middle(v)[0], abs=1)
        else:
            assert parent[2] < v[0]
    for neuron in model.layers[0].neurons:
        tops = [box[w][1] for w in neuron.w]
        assert tops == sorted(tops)
    lasts = [middle(box[x])[1] for x in (xs[0], xs[-1])]
    frames = [places.frames[t] for t in places.frames if t.startswith("layer0")]
    tallest = min(f[1] for f in frames) + max(f[3] for f in frames)
    assert sum(lasts) == pytest.approx(tallest, abs=2)


@settings(max_examples=8, deadline=None)
@given(networks, st.integers(2, 3))
@example((2, [2, 1]), 2)
def test_folded_networks_of_several_samples_stand_one_below_another(shape, samples):
    n, sizes = shape
    model = MLP(n, sizes, "tanh", seed=0)
    X = [[Value(i + j / 4, f"x{i}_{j}") for j in range(n)] for i in range(samples)]
    outs = [model(x) for x in X]
    errors = [mk.sum(out) if isinstance(out, list) else out for out in outs]
    loss = mk.sum([(e - 1) ** 2 for e in errors])
    drawing = draw(loss, fold=True, max_nodes=1000)
    assert "layout=nop2" in drawing.source
    places = Places(drawing)
    box = boxes_of(places, [loss])
    assert_nothing_is_in_the_way(places)
    for arrow in arrows(loss, fold=True):
        assert box[arrow.parent][2] < box[arrow.box][0]
    xs = [box[x] for x in itertools.chain(*X)]
    assert xs == sorted(xs, key=lambda b: b[1])
    centre = middle((0, xs[0][1], 0, xs[-1][3]))[1]
    assert centre == pytest.approx(middle(box[loss])[1], abs=1)
    for i in range(len(sizes)):  # what is before in a sample is above in each layer
        tops = [b[1] for v, b in sample_by_sample(loss, box, places, f"layer{i}")]
        assert tops == sorted(tops)


def sample_by_sample(loss, box, places, title):
    """The boxes in a frame, in the order of the samples they were computed from."""
    frame = places.frames[title]
    inside = [
        (v, b)
        for v, b in box.items()
        if b and v.op and frame[0] < b[0] and b[2] < frame[2]
    ]
    return sorted(inside, key=lambda pair: first_input(pair[0]))


def first_input(v):
    """By its label, the first input a Value was computed from."""
    labels = [u.label for u in below([v]) if u.label and u.label.startswith("x")]
    return min(labels)


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_a_line_skips_two_columns_at_most(layers):
    """Else what an operation reads is not seen beside it, on the step page."""
    x = Value(1.0, "x")
    y = MLP(1, [1] * layers, seed=0)([x]) + x
    on_grid = "layout=nop2" in draw(y, fold=True).source
    assert on_grid is (layers <= 2)


def own_neuron(compute):
    """A neuron of one's own: what it makes of its weights, its bias and two inputs."""
    w0, w1, b = (Value(1.5, f"neuron0.{name}") for name in ("w0", "w1", "b"))
    return compute(w0, w1, b, Value(2.0, "x0"), Value(0.0, "x1"))


@pytest.mark.parametrize(
    ("compute", "on_grid"),
    [
        (lambda w0, w1, b, x0, x1: w0 * x0 + w1 * x1 + b, True),
        (lambda w0, w1, b, x0, x1: b + (w0 * x0 + w1 * x1), True),
        (lambda w0, w1, b, x0, x1: (w0 * x0 * x1 + w1 * x1 + b).tanh(), False),
        (lambda w0, w1, b, x0, x1: (w0 * w0 * x0 + w1 * x1 + b).tanh(), False),
        (lambda w0, w1, b, x0, x1: (w0 * x0) * (w0 + x0) + w1 + b, False),
        (lambda w0, w1, b, x0, x1: w0 + w1 + b, False),
    ],
)
def test_a_neuron_of_ones_own_has_nothing_in_the_way_on_the_grid(compute, on_grid):
    y = own_neuron(compute)
    drawing = draw(y, fold=False)
    places = Places(drawing)
    assert set(places.lines) == {arrow.id for arrow in arrows(y, fold=False)}
    assert ("layout=nop2" in drawing.source) is on_grid
    if on_grid:
        assert_nothing_is_in_the_way(places)


def test_inputs_and_outputs_without_a_frame_are_in_order_too():
    xs = [Value(float(i), f"x{i}") for i in range(7)]
    outs = Layer(7, 7, seed=0)(xs)
    places = Places(draw(outs, fold=True))
    box = boxes_of(places, outs)
    for group in (xs, outs):
        tops = [box[v][1] for v in group]
        assert tops == sorted(tops)


def test_every_weight_is_inside_the_frame_of_its_neuron():
    _, model, outs = network(2, [3, 2])
    places = Places(draw(outs))
    box = boxes_of(places, outs)
    for v in model.parameters():
        left, top, right, bottom = box[v]
        frame = places.frames[v.label.rpartition(".")[0]]
        assert frame[0] < left < right < frame[2]
        assert frame[1] < top < bottom < frame[3]


def skips():
    x = Value(1.0, "x")
    h = Layer(1, 2, seed=0)([x])
    return mk.sum([*h, x])


def penalty():
    model = MLP(2, [2, 1], seed=0)
    return model([1.0, 2.0]) + mk.sum([w * w for w in model.parameters()])


def two_samples():
    model = MLP(2, [2, 1], seed=0)
    return model([1.0, 2.0]) + model([2.0, 1.0])


def recurrent():
    layer = Layer(2, 1, seed=0)
    h = Value(0.0, "h")
    for x in (1.0, 2.0, 3.0):
        h = layer([h, x])
    return h


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("make", [skips, penalty, two_samples, recurrent])
def test_what_is_no_plain_network_is_drawn_all_the_same(make, fold):
    y = make()
    drawing = draw(y, fold=fold)
    places = Places(drawing)
    assert set(places.lines) == {arrow.id for arrow in arrows(y, fold=fold)}
    for a, b in itertools.combinations(places.boxes.values(), 2):
        assert not overlap(a, b)


def test_a_direction_of_ones_own_is_kept():
    _, _, outs = network(2, [2])
    places = Places(draw(outs, fold=True, graph_style={"rankdir": "TB"}))
    for line in places.lines:
        (_, start), (_, end) = places.ends(line)
        assert start < end  # from top to bottom, as SVG counts


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.floats(-1e100, 1e100))
@example("W" * 60, 0.0)
@example("가" * 60, -1.234e-56)
@example("\x1f" * 20, 1.0)
@example("]", 1.0)
@example("&]", 1.0)
@example("줄\n" * 6, 1.0)
def test_a_box_has_room_for_any_text(label, number):
    xs = [Value(number, label), Value(1.0, label)]
    outs = Layer(2, 2, seed=0)(xs)
    for fold in (False, True):
        places = Places(draw(outs, fold=fold, partials=True))
        for a, b in itertools.combinations(places.boxes.values(), 2):
            assert not overlap(a, b)
        for line in places.lines:
            points = places.points(line)
            assert not any(passes_through(points, b) for b in places.boxes.values())
