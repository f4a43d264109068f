// Neurons are folded one by one: a closed one is a box within its frame, and each arrow into it stands for its sum
// over paths. When all are folded there is another picture, laid out for that.

const foldable = views.length === 2;
const boxOf = (i) => (drawn.has(i) ? i : folded?.box[i]);
const neurons = foldable ? framed(...views) : [];
const isClosed = ({ outputs }) => outputs.some((output) => state.closed.has(output));

/** Each frame of the open picture: the outputs of its neuron, and what is not seen when it is closed. */
function framed(open, compact) {
  const isIn = (outer, { x, y, width, height }) =>
    x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
  const frames = [...open.image.querySelectorAll(".cluster")].map((frame) => {
    const outer = frame.querySelector("path, polygon").getBBox();
    const within = [...open.drawn.keys()].filter((i) => isIn(outer, open.drawn.get(i).box));
    const outputs = within.filter((i) => folded.inside[i]);
    const inside = within.filter((i) => folded.box[i] !== undefined || !compact.drawn.has(i));
    return { frame, outer, outputs, inside, boxes: new Map(outputs.map((output) => [output, closedBox(output, outputs, outer)])) };
  });
  return frames.filter(({ outputs }) => outputs.length);

  /** The box that the compact picture has, in the middle of what it stands for. */
  function closedBox(output, outputs, outer) {
    const { group, box, room, members, shortTitle } = compact.drawn.get(output);
    const all = outputs.length === 1 ? outer : surrounding(members.map((i) => open.drawn.get(i).box));
    const [dx, dy] = [all.x + all.width / 2 - box.x - box.width / 2, all.y + all.height / 2 - box.y - box.height / 2];
    const copy = group.cloneNode(true);
    copy.id = `c${group.id}`;
    copy.setAttribute("transform", `translate(${dx} ${dy})`);
    copy.setAttribute("aria-expanded", "false");
    listenTo(copy, output);
    const [, data, , gradient] = [...copy.querySelectorAll("text")].slice(-4);
    const moved = { x: box.x + dx, y: box.y + dy, width: box.width, height: box.height };
    return { group: copy, shape: copy.querySelector(".shape"), box: moved, data, gradient, room, members, shortTitle, shown: "" };
  }
}

// ---- the open picture, with some neurons closed -------------------------------------------------------

const every = foldable && { drawn: views[0].drawn, lines: views[0].lines };
const arrowsMade = new Map(); // id -> an arrow into a closed neuron

function arrange() {
  const [open] = views;
  const closed = neurons.filter(isClosed);
  const away = new Set(closed.flatMap(({ inside }) => inside));
  const boxes = new Map(closed.flatMap((neuron) => [...neuron.boxes]));
  open.drawn = new Map([...[...every.drawn].filter(([i]) => !away.has(i)), ...boxes]);
  for (const [i, { group }] of every.drawn) group.style.display = away.has(i) ? "none" : "";
  const stays = [...every.lines.values()].filter(({ node }) => !away.has(node));
  for (const { group } of every.lines.values()) group.style.display = "none";
  for (const line of stays) lead(line, boxes.get(line.parent)?.box);
  const arrows = folded.arrows.filter(({ node }) => boxes.has(node)).map((arrow) => into(arrow, open));
  open.lines = new Map([...stays, ...arrows].map((line) => [line.id, line]));
  indexLines(open);
  const places = { frames: open.image.querySelector(".graph"), tags: open.tags };
  places.frames.append(...arrows.map(({ group }) => group), ...[...boxes.values()].map(({ group }) => group), places.tags);
  for (const neuron of neurons) {
    neuron.frame.setAttribute("aria-expanded", !isClosed(neuron));
    if (!isClosed(neuron)) for (const { group } of neuron.boxes.values()) group.remove();
  }
  for (const { group } of arrowsMade.values()) if (!arrows.some((arrow) => arrow.group === group)) group.remove();
  seen.delete(open.image);
}

/** Lead an edge from the box that its parent is in now to where it ended before. */
function lead(line, from) {
  line.group.style.display = "";
  line.own ??= line.path.getAttribute("d");
  line.end ??= line.path.getPointAtLength(line.path.getTotalLength());
  const { x, y } = line.end;
  line.path.setAttribute("d", from ? `M${from.x + from.width},${from.y + from.height / 2}L${x},${y}` : line.own);
  line.spots = undefined;
}

/** An arrow into a closed neuron, straight from box to box. */
function into(arrow, { drawn }) {
  if (!arrowsMade.has(arrow.id)) {
    const [path, head] = [svg("path", { class: "line" }), svg("polygon", { class: "head" })];
    const group = svg("g", {}, path, head);
    arrowsMade.set(arrow.id, { ...lineFrom(arrow, group), path, head });
  }
  const line = arrowsMade.get(arrow.id);
  const parent = drawn.get(drawn.has(arrow.parent) ? arrow.parent : folded.box[arrow.parent]).box;
  const [start, end] = sides(parent, drawn.get(arrow.node).box);
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const [ux, uy] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const base = { x: end.x - 6 * ux, y: end.y - 6 * uy };
  line.path.setAttribute("d", `M${start.x},${start.y}L${base.x},${base.y}`);
  line.head.setAttribute("points", `${end.x},${end.y} ${base.x - 2 * uy},${base.y + 2 * ux} ${base.x + 2 * uy},${base.y - 2 * ux}`);
  line.spots = undefined;
  return line;
}

/** Where an arrow leaves a box and where it enters another: across if there is room, else up or down. */
function sides(a, b) {
  const [middle, other] = [a, b].map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }));
  if (a.x + a.width < b.x) return [{ x: a.x + a.width, y: middle.y }, { x: b.x, y: other.y }];
  const down = middle.y < other.y;
  return [{ x: middle.x, y: a.y + (down ? a.height : 0) }, { x: other.x, y: b.y + (down ? 0 : b.height) }];
}

// ---- what a hand does ------------------------------------------------------------------------------------

/** Show all neurons folded, or the open picture. */
function fold(all) {
  if (!views.length) return;
  state.folded = foldable ? all : views[0].isFolded;
  see(views.find(({ isFolded }) => isFolded === state.folded) ?? views[0]);
  state.epoch++;
  resize();
  show();
}

/** Close these neurons, each known by an output, and open all others. */
function closeNeurons(outputs) {
  state.closed = new Set(outputs);
  if (foldable) arrange();
  fold(false);
}

function toggle(neuron) {
  const all = new Set(state.closed);
  const closing = !isClosed(neuron);
  for (const output of neuron.outputs) all[closing ? "add" : "delete"](output);
  closeNeurons(all);
}

/** A click on a folded neuron opens it; on any other node, keeps it. */
function press(i) {
  const neuron = foldable && (state.folded || state.closed.has(i)) && neurons.find(({ outputs }) => outputs.includes(i));
  if (!neuron) return pin(i);
  state.pinned = null;
  if (state.folded) closeNeurons(neurons.filter((one) => one !== neuron).flatMap(({ outputs }) => outputs));
  else toggle(neuron);
  neuron.frame.focus();
}

for (const neuron of neurons) {
  const { frame } = neuron;
  const name = frame.querySelector("text")?.textContent ?? "";
  for (const [key, value] of [["tabindex", 0], ["role", "button"], ["aria-label", name], ["aria-expanded", true]]) frame.setAttribute(key, value);
  frame.addEventListener("click", () => toggle(neuron));
  onPress(frame, () => toggle(neuron));
}
$("fold").hidden = !foldable;
$("fold").addEventListener("click", () => (state.folded ? closeNeurons([]) : fold(true)));
