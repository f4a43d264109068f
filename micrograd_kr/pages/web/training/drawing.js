// The graph of one sample as a picture for the step page: columns from the leaves to the loss, and for
// a network another one in which each neuron is one box.

const LETTERS = 11; // pixels
const WIDE = 6.3; // of a letter, about; a Korean one is twice as wide
const ROW = 17; // of a box: its name, data and grad
const BOX = 3 * ROW + 8;
const GAP = 14; // between boxes of a column
const PAD = 10; // within a frame
const APART = 64; // two columns
const OPEN = 150; // nodes: more are only shown with their neurons folded

/** Text is text here: the picture is made of elements, and written by the browser. */
const markup = (picture) => new XMLSerializer().serializeToString(picture);

/**
 * Items in columns, each column around the middle. `sizeOf` an item gives its width and height; the items of
 * a column become equally wide.
 */
function inColumns(columns, sizeOf) {
  const heightOf = (column) => column.reduce((sum, item) => sum + sizeOf(item).height + GAP, -GAP);
  const height = Math.max(...columns.map(heightOf));
  const places = new Map();
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((item) => sizeOf(item).width));
    let y = (height - heightOf(column)) / 2;
    for (const item of column) {
      places.set(item, { x, y, width, height: sizeOf(item).height });
      y += sizeOf(item).height + GAP;
    }
    x += width + APART;
  }
  return { places, width: x - APART, height };
}

/** `texts`: by node; `arrows`: id, node and parent; `prefix`: of the ids, which are those the step page knows. */
function drawGraph(texts, arrows, { places, width, height }, frames = [], prefix = "") {
  const drawn = svg("g", { class: "graph" });
  for (const frame of frames) drawn.append(drawFrame(frame));
  for (const arrow of arrows) drawn.append(drawArrow(arrow, places.get(arrow.parent), places.get(arrow.node), prefix));
  for (const [node, place] of places) drawn.append(drawBox(node, texts.get(node), place, prefix));
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, ...(prefix ? { class: "folded" } : {}) }, drawn);
}

function drawFrame({ title, x, y, width, height }) {
  const path = svg("path", { d: rounded(x, y, width, height, 9) });
  return svg("g", { class: "cluster" }, path, svg("text", { x: x + PAD, y: y + ROW - 3, "font-size": LETTERS }, title));
}

const lengthOfText = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u1100" ? 2 : 1) * WIDE, 0);
const widthOf = (text) => Math.max(96, 18 + lengthOfText(text));

function drawBox(node, name, { x, y, width, height }, prefix) {
  const text = (content, across, row) =>
    svg("text", { x: across, y: y + ROW * row, "font-size": LETTERS }, content);
  const right = x + width - 7;
  return svg("g", { id: `${prefix}n${node}`, class: "node" },
    svg("path", { d: rounded(x, y, width, height, 9) }),
    text(name, x + 8, 1),
    text("data", x + 8, 2), text("0", right, 2), text("grad", x + 8, 3), text("0", right, 3));
}

const rounded = (x, y, width, height, r) =>
  `M${x + r},${y}H${x + width - r}Q${x + width},${y} ${x + width},${y + r}V${y + height - r}` +
  `Q${x + width},${y + height} ${x + width - r},${y + height}H${x + r}Q${x},${y + height} ${x},${y + height - r}V${y + r}Q${x},${y} ${x + r},${y}Z`;

function drawArrow({ id }, from, to, prefix) {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x - 7, to.y + to.height / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return svg("g", { id: `${prefix}${id}`, class: "edge" },
    svg("path", { d: `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` }),
    svg("polygon", { points: `${x2},${y2 - 3.5} ${x2 + 7},${y2} ${x2},${y2 + 3.5}` }));
}

// ---- which boxes, arrows and columns ---------------------------------------------------------------

/** Every node a box, in the column of its depth; a neuron's are together in a frame. */
function openPicture(learner, graph, texts, folded) {
  const arrows = graph.inner.flatMap((node) => parentsOf(graph, node).map((parent, k) => ({ id: `e${node}_${k}`, node, parent })));
  const sizeOf = (node) => ({ width: widthOf(texts.get(node)), height: BOX });
  const blocks = (learner.layers ?? []).map((neurons, l) => neurons.map((neuron, k) => block(neuron, folded, sizeOf, `layer${l}.neuron${k}`)));
  const columns = learner.layers ? [[...learner.inputs], ...blocks] : [];
  const placed = new Map(learner.layers ? learner.inputs.map((node) => [node, 0]) : []);
  blocks.forEach((column, l) => column.forEach(({ places }) => [...places.keys()].forEach((node) => placed.set(node, l + 1))));
  for (const [node, depth] of depths(graph, arrows, placed)) if (!placed.has(node)) (columns[depth] ??= []).push(node);
  const whole = inColumns(columns, (item) => (typeof item === "number" ? sizeOf(item) : item));
  const { places, frames } = unpackedBlocks(whole.places);
  return drawGraph(texts, arrows, { ...whole, places }, frames);
}

/** A neuron: its parameters, its sum, and what becomes of it. */
function block({ weights, bias, out }, folded, sizeOf, title) {
  const inner = inColumns([[...weights, bias], ...folded.inside[out].map((node) => [node])], sizeOf);
  return { title, places: inner.places, width: inner.width + 2 * PAD, height: inner.height + PAD + ROW };
}

function unpackedBlocks(outer) {
  const places = new Map();
  const frames = [];
  for (const [item, place] of outer) {
    if (typeof item === "number") {
      places.set(item, place);
      continue;
    }
    frames.push({ title: item.title, ...place });
    for (const [node, at] of item.places) places.set(node, { ...at, x: place.x + PAD + at.x, y: place.y + ROW + at.y });
  }
  return { places, frames };
}

/**
 * What is computed stands right of all it is computed from, and as near to what it is used by as it can;
 * some are `placed` already. Arrows come in the order of their nodes.
 */
function depths(graph, arrows, placed) {
  const found = new Map(placed);
  const place = (node, depth) => placed.has(node) || found.set(node, depth);
  for (const { node, parent } of arrows) place(node, Math.max(found.get(node) ?? 1, 1 + (found.get(parent) ?? 0)));
  const used = new Set();
  for (const { node, parent } of arrows.toReversed()) {
    const before = used.has(parent) ? found.get(parent) : Infinity;
    place(parent, Math.min(before, found.get(node) - 1));
    used.add(parent);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** What a node is computed from; plain numbers are no nodes. */
const parentsOf = ({ first, operands, count }, node) =>
  [...operands.subarray(first[node], first[node + 1])].filter((operand) => operand < count);

/** What the step page needs of a picture with folded neurons; see `stepper/recording.py`. */
function foldedData(learner, graph) {
  const inside = {};
  const box = {};
  for (const neuron of learner.layers.flat()) {
    inside[neuron.out] = graph.inner.filter((node) => node >= neuron.sum && node <= neuron.out && isOf(graph, node, neuron));
    for (const node of inside[neuron.out]) box[node] = neuron.out;
  }
  const neurons = learner.layers.flat().flatMap(({ sum, out, weights }) => {
    const taken = parentsOf(graph, sum).slice(weights.length, 2 * weights.length);
    return taken.map((parent, i) => ({ id: `e${out}_${i}`, node: out, parent, edges: [`e${sum}_${weights.length + i}`] }));
  });
  const others = graph.inner.filter((node) => !(node in box)).flatMap((node) =>
    parentsOf(graph, node).map((parent, k) => ({ id: `e${node}_${k}`, node, parent, edges: [`e${node}_${k}`] })));
  return { box, inside, arrows: [...neurons, ...others] };
}

/** Whether a node is computed from a neuron's sum alone, on the way to what it says. */
const isOf = (graph, node, { sum }) =>
  node === sum || (node > sum && parentsOf(graph, node).every((parent) => isOf(graph, parent, { sum })));

/** Inputs, a column for each layer, and behind them the loss. */
function foldedPicture(learner, graph, texts, folded) {
  const columns = [learner.inputs, ...learner.layers.map((neurons) => neurons.map(({ out }) => out))];
  const placed = new Map(columns.flatMap((column, depth) => column.map((node) => [node, depth])));
  for (const [node, depth] of depths(graph, folded.arrows, placed)) if (!placed.has(node)) (columns[depth] ??= []).push(node);
  const whole = inColumns(columns, (node) => ({ width: widthOf(texts.get(node)), height: BOX }));
  return drawGraph(texts, folded.arrows, whole, [], "f");
}
