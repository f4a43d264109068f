// The graph: which node is at work, what flows along its edges, what each grad has become.
// Nothing is read from the layout while it is drawn: all boxes are measured once, at the start.

const picture = document.querySelector("#stage > svg");
const drawn = new Map(); // node -> its group, its box and the texts in it
const lines = new Map(); // edge -> its group and the room for a tag
const tags = svg("g", { class: "tags" });

function prepare() {
  picture.setAttribute("role", "group");
  picture.querySelectorAll(".graph > :is(polygon, text)").forEach((part) => part.remove()); // background and caption
  const { x, y, width, height } = picture.getBBox();
  nodes.forEach(measureNode);
  edges.forEach(measureEdge);
  picture.setAttribute("viewBox", `${x - 3} ${y - 3} ${width + 6} ${height + 6}`);
  picture.style.width = `${width + 6}px`;
  picture.style.height = `${height + 6}px`;
  document.querySelector("main").classList.toggle("tall", height > 0.75 * width);
  drawn.forEach(prepareNode);
  lines.forEach(prepareEdge);
  (picture.querySelector(".graph") ?? picture).append(tags);
}

function measureNode({ id }) {
  const group = $(`n${id}`);
  if (!group) return; // folded away in the picture
  const shape = group.querySelector("path, polygon, ellipse");
  const box = shape.getBBox();
  const texts = [...group.querySelectorAll("text")];
  const [dataKey, data, gradKey, gradient] = texts.slice(-4); // the rows that `draw` writes last
  const room = box.x + box.width - 7 - gradKey.getBBox().x - gradKey.getComputedTextLength() - 4;
  drawn.set(id, { group, shape, box, data, gradient, room, keys: [dataKey, gradKey], shown: "" });
}

function prepareNode({ group, shape, box, data, gradient, keys }, i) {
  shape.classList.add("shape");
  keys.forEach((text) => text.classList.add("key"));
  [data, gradient].forEach((text) => {
    text.setAttribute("text-anchor", "end");
    text.setAttribute("x", box.x + box.width - 7);
  });
  data.classList.toggle("handle", isLeaf(i) && graph !== null);
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.addEventListener("pointerenter", () => choose({ hovered: i }));
  group.addEventListener("pointerleave", () => choose({ hovered: null }));
  group.addEventListener("focus", () => choose({ hovered: i }));
  group.addEventListener("blur", () => choose({ hovered: null }));
  group.addEventListener("click", () => pin(i));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    pin(i);
  });
}

function measureEdge({ id }) {
  const group = $(id);
  if (!group) return;
  const label = group.querySelector("text");
  lines.set(id, { group, spot: label && label.getBBox(), path: group.querySelector("path"), shown: "" });
}

function prepareEdge({ group }) {
  group.querySelectorAll("path").forEach((path) => path.classList.add("line"));
  group.querySelectorAll("polygon").forEach((polygon) => polygon.classList.add("head"));
  group.querySelectorAll("text").forEach((text) => text.remove());
}

// ---- how long a text is -----------------------------------------------------------------------------

const paper = document.createElement("canvas").getContext("2d");
const drawnFont = getComputedStyle(document.documentElement).getPropertyValue("--drawn");

/** The length of a text in the picture, as the picture's own units, without asking for its layout. */
function lengthOf(text, size) {
  paper.font = `${size}px ${drawnFont}`;
  return paper.measureText(text).width;
}

function write(text, content, width) {
  if (text.textContent === content) return;
  text.textContent = content;
  const length = content.length * 6.2 < width ? 0 : lengthOf(content, 11);
  text.setAttribute("font-size", length > width ? (11 * width) / length : 11);
}

// ---- what is seen of a step ---------------------------------------------------------------------------

function showPicture() {
  const { at } = state;
  picture.setAttribute("class", isBackward(at) ? "backward" : "forward");
  for (const [i, box] of drawn) showNode(i, box);
  for (const [id, line] of lines) {
    const status = edgeStatus(edgeOf.get(id), at);
    if (line.shown === status) continue;
    line.shown = status;
    line.group.setAttribute("class", `edge ${status}`);
  }
  showTags();
}

function showNode(i, box) {
  const { at } = state;
  const node = nodes[i];
  const status = statusOf(i, at);
  const value = isComputed(i, at) ? number(node.data) : "·";
  const gradient = isSecret(i) ? "?" : number(grad(i, at));
  const count = arrived(i, at).length;
  const refused = graph?.refusals.has(i);
  const shown = [status, value, gradient, count, refused, state.lang, state.epoch].join();
  if (shown === box.shown) return;
  box.shown = shown;
  box.group.setAttribute("class", `node ${status}${refused ? " refused" : ""}${chosen() === i ? " chosen" : ""}`);
  write(box.data, value, box.room);
  write(box.gradient, gradient, box.room);
  box.gradient.setAttribute("class", isTouched(i, at) ? "value" : "untouched");
  box.group.setAttribute("aria-label", spoken(i, value, gradient));
}

function spoken(i, value, gradient) {
  const told = arrived(i, state.at).map((line) =>
    `${word("from", { name: nodes[line.from].name })} ${isHidden(line) ? "?" : product(line)}`);
  return [`${title(nodes[i])} data ${value} grad ${gradient}`, refusalOf(i), ...told].filter(Boolean).join(", ");
}

const product = (line) => `${number(line.adjoint)} × ${number(line.partial)} = ${number(line.contribution)}`;

// ---- upstream × local = contribution on each edge in use ------------------------------------------------

/** Where it covers no node and no other tag. */
function showTags() {
  tags.replaceChildren();
  if (!isBackward(state.at)) return;
  const taken = [...drawn.values()].map(({ box }) => box);
  for (const line of stepAt(state.at).lines) {
    const drawnLine = lines.get(line.edge);
    if (drawnLine?.path) tags.append(tag(line, drawnLine, taken));
  }
}

function tag(line, { path, spot }, taken) {
  const hidden = isHidden(line);
  const [adjoint, partial, contribution] = [line.adjoint, line.partial, line.contribution].map((x) => (hidden ? "?" : number(x)));
  const inTwo = lengthOf(`${adjoint} × ${partial} = ${contribution}`, 10) > 60;
  const rows = inTwo ? [`${adjoint} × ${partial}`, `= ${contribution}`] : [`${adjoint} × ${partial} = ${contribution}`];
  const width = Math.max(...rows.map((row) => lengthOf(row, 10))) + 8;
  const height = inTwo ? 27 : 16;
  const place = placeFor(path, spot, { width, height }, taken);
  taken.push(place);
  const middle = { x: place.x + width / 2, y: place.y + 8 };
  const factors = svg("tspan", {}, svg("tspan", { class: "upstream" }, adjoint), " × ", svg("tspan", { class: "local" }, partial));
  const below = inTwo ? { x: middle.x, dy: 12 } : {};
  const result = svg("tspan", below, " = ", svg("tspan", { class: "contribution" }, contribution));
  return svg("g", { class: "tag" }, svg("rect", { rx: 4, ...place }), svg("text", middle, factors, result));
}

function placeFor(path, spot, { width, height }, taken) {
  const centres = spot
    ? [{ x: spot.x + spot.width / 2, y: spot.y + spot.height / 2 }]
    : [0.5, 0.35, 0.65, 0.2, 0.8]
      .map((share) => path.getPointAtLength(path.getTotalLength() * share))
      .flatMap(({ x, y }) => [0, -10, 10].map((dy) => ({ x, y: y + dy })));
  const places = centres.map(({ x, y }) => ({ x: x - width / 2, y: y - height / 2, width, height }));
  const covered = (a) => taken.reduce((sum, b) => sum + overlap(a, b), 0);
  return places.length === 1 ? places[0] : places.reduce((best, next) => (covered(next) < covered(best) ? next : best));
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
