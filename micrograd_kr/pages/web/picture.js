// The graph: which node is at work, what flows along its edges, what each grad has become.
// Nothing is read from the layout while it is drawn: all boxes are measured once, at the start.

// There may be two pictures, with the neurons open and with each one folded into a box; one is seen.

let picture; // the one that is seen
let drawn; // node -> its group, its box and the texts in it
let lines; // edge or arrow -> its group and the room for a tag
let tags;
let linesOf; // node -> the lines that stand for an edge into it
let linesAt; // position -> the lines that something flows along there

const views = [...document.querySelectorAll("#stage > svg")].map(prepare);

function prepare(image) {
  const isFolded = folded !== undefined && image.matches(".folded");
  const made = { image, isFolded, drawn: new Map(), lines: new Map(), tags: svg("g", { class: "tags" }) };
  image.setAttribute("role", "group");
  image.classList.add("walked");
  image.querySelectorAll(".graph > :is(polygon, text)").forEach((part) => part.remove()); // background and caption
  const { x, y, width, height } = image.getBBox();
  nodes.forEach((node) => measureNode(node, made));
  (isFolded ? folded.arrows : lineOf).forEach((line) => measureLine(line, made));
  indexLines(made);
  image.setAttribute("viewBox", `${x - 3} ${y - 3} ${width + 6} ${height + 6}`);
  image.style.width = `${width + 6}px`;
  image.style.height = `${height + 6}px`;
  made.isTall = height > 0.75 * width;
  made.drawn.forEach(prepareNode);
  made.lines.forEach(prepareLine);
  (image.querySelector(".graph") ?? image).append(made.tags);
  return made;
}

/** Show the picture with the neurons folded, or open. */
function see(made) {
  ({ image: picture, drawn, lines, tags, linesOf, linesAt } = made);
  views.forEach(({ image }) => image.classList.toggle("unseen-picture", image !== picture));
  document.querySelector("main").classList.toggle("tall", made.isTall);
}

function measureNode({ id }, made) {
  const group = $(`${made.isFolded ? "f" : ""}n${id}`);
  if (!group) return; // inside a folded neuron
  const shape = group.querySelector("path, polygon, ellipse");
  const box = shape.getBBox();
  const texts = [...group.querySelectorAll("text")];
  const titles = texts.slice(0, -4);
  const [dataKey, data, gradKey, gradient] = texts.slice(-4); // the rows that `draw` writes last
  for (const text of titles) text.textContent = text.textContent.replace(/(^\s*=\s*|[\s(])-/g, "$1−");
  const shortTitle = titles.map((text) => text.textContent.trim()).join(" ");
  const room = box.x + box.width - 7 - gradKey.getBBox().x - gradKey.getComputedTextLength() - 4;
  const members = (made.isFolded && folded.inside[id]) || [id];
  made.drawn.set(id, { group, shape, box, data, gradient, room, members, shortTitle, keys: [dataKey, gradKey], shown: "" });
}

function prepareNode({ group, shape, box, data, gradient, keys }, i) {
  shape.classList.add("shape");
  keys.forEach((text) => text.classList.add("key"));
  [data, gradient].forEach((text) => {
    text.setAttribute("text-anchor", "end");
    text.setAttribute("x", box.x + box.width - 7);
  });
  data.classList.toggle("handle", isLeaf(i));
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  listenTo(group, i);
}

function listenTo(group, i) {
  group.addEventListener("pointerenter", () => choose({ hovered: i }));
  group.addEventListener("pointerleave", () => choose({ hovered: null }));
  group.addEventListener("focus", () => choose({ hovered: i }));
  group.addEventListener("blur", () => choose({ hovered: null }));
  group.addEventListener("click", () => press(i));
  onPress(group, () => press(i));
}

/** As a button does, on Enter and on space. */
function onPress(group, act) {
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}

function measureLine(line, made) {
  const group = $(`${made.isFolded ? "f" : ""}${line.id}`);
  if (!group) return;
  const label = group.querySelector("text");
  const path = group.querySelector("path");
  made.lines.set(line.id, { ...lineFrom(line, group), path, spot: label && label.getBBox() });
}

/** A line in the picture is an edge, or an arrow of a folded neuron, which stands for several. */
function lineFrom({ id, node, parent, edges }, group) {
  const isNeuron = edges !== undefined && folded.inside[node] !== undefined;
  const parts = (edges ?? [id]).map((edge) => lineOf.get(edge));
  return { id, node, parent, parts, isNeuron, group, shown: "" };
}

/** Which lines look different after a step of a node, and which carry something at a position. */
function indexLines(made) {
  made.linesOf = new Map();
  made.linesAt = new Map();
  for (const line of made.lines.values()) {
    for (const node of new Set(line.parts.map((part) => part.node))) listIn(made.linesOf, node).push(line);
    if (line.path) listIn(made.linesAt, Math.max(...line.parts.map((part) => part.at))).push(line); // the last of its paths
  }
}

function listIn(map, key) {
  if (!map.has(key)) map.set(key, []);
  return map.get(key);
}

function prepareLine({ group }) {
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

const seen = new Map(); // at which position a picture was drawn last, and of what

function showPicture() {
  const { at } = state;
  const of = [isBackward(at), state.epoch, state.lang].join();
  const before = seen.get(picture);
  seen.set(picture, { at, of });
  picture.classList.toggle("backward", isBackward(at));
  if (before?.of !== of) {
    for (const [i, box] of drawn) showNode(i, box);
    for (const line of lines.values()) showLine(line);
  } else {
    showPassed(Math.min(before.at, at), Math.max(before.at, at));
  }
  showTags();
}

/** Only those whose turn it was between two positions, and what their edges lead to, can look different. */
function showPassed(low, high) {
  const passed = [];
  for (let at = Math.max(low, 1); at <= high; at++) passed.push(stepAt(at).node);
  for (const i of new Set(passed.flatMap((node) => [node, ...nodes[node].parents]).map(boxOf)))
    if (drawn.has(i)) showNode(i, drawn.get(i));
  for (const node of passed) linesOf.get(node)?.forEach(showLine);
}

function showLine(line) {
  const status = ofMany(line.parts.map((part) => lineStatus(part, state.at)));
  if (line.shown === status) return;
  line.shown = status;
  line.group.setAttribute("class", `edge ${status}`);
}

/** What several together are: at work if one of them is, finished when all are. */
const ofMany = (statuses) =>
  ["current", "active", "receiving"].find((one) => statuses.includes(one)) ??
  (statuses.every((one) => one === "done") ? "done" : "waiting");

function showNode(i, box) {
  const { at } = state;
  const node = nodes[i];
  const status = ofMany(box.members.map((member) => statusOf(member, at)));
  const value = isComputed(i, at) ? number(node.data) : "·";
  const gradient = isSecret(i) ? "?" : number(grad(i, at));
  const count = arrived(i, at).length;
  const refused = graph.refusals.has(i);
  const shown = [status, value, gradient, count, refused, state.lang, state.epoch].join();
  if (shown === box.shown) return;
  box.shown = shown;
  box.group.setAttribute("class", `node ${status}${refused ? " refused" : ""}${chosen() === i ? " chosen" : ""}`);
  write(box.data, value, box.room);
  write(box.gradient, gradient, box.room);
  box.gradient.setAttribute("class", isTouched(i, at) ? "value" : "untouched");
  box.group.setAttribute("aria-label", spoken(i, box.shortTitle, value, gradient));
}

/** What is seen of a node comes first, so that it can be asked for by voice. */
function spoken(i, shortTitle, value, gradient) {
  const told = arrived(i, state.at).map((line) =>
    `${word("from", { name: nodes[line.node].name })} ${isHidden(line) ? "?" : product(line)}`);
  const whole = title(nodes[i]);
  return [`${shortTitle} data ${value} grad ${gradient}`, whole === shortTitle ? "" : whole, refusalOf(i), ...told].filter(Boolean).join(", ");
}

const product = (line) => `${number(line.adjoint)} × ${number(line.partial)} = ${number(line.contribution)}`;

// ---- upstream × local = contribution on each edge in use ------------------------------------------------

/** Where it covers no node and no other tag. */
function showTags() {
  const here = (isBackward(state.at) && linesAt.get(state.at)) || [];
  const ends = here.flatMap(({ node, parent }) => [node, parent]).map((i) => drawn.get(i)?.box).filter(Boolean);
  const around = ends.length && surrounding(ends);
  const taken = here.length ? [...drawn.values()].map(({ box }) => box).filter((box) => overlap(box, around)) : [];
  tags.replaceChildren(...here.map((line) => tag(numbersOf(line), line, taken)));
}

/** The numbers of a line: of an arrow into a folded neuron the sum over all paths through it. */
function numbersOf(line) {
  const { parts } = line;
  if (!line.isNeuron) return parts[0];
  const contribution = parts.reduce((sum, part) => sum + part.contribution, 0);
  return { adjoint: stepOf(line.node).adjoint, partial: slopeThrough(line), contribution };
}

/** The derivative of a box in one of its parents, along every path between them. */
function slopeThrough(line) {
  const slopes = new Map([[line.node, 1]]);
  for (const member of folded.inside[line.node].toReversed())
    for (const part of stepOf(member).lines)
      slopes.set(part.parent, (slopes.get(part.parent) ?? 0) + (slopes.get(member) ?? 0) * part.partial);
  return slopes.get(line.parent) ?? 0;
}

function tag(numbers, line, taken) {
  const hidden = line.parts.some(isHidden);
  const [adjoint, partial, contribution] = ["adjoint", "partial", "contribution"].map((key) => (hidden ? "?" : number(numbers[key])));
  const inTwo = lengthOf(`${adjoint} × ${partial} = ${contribution}`, 10) > 60;
  const rows = inTwo ? [`${adjoint} × ${partial}`, `= ${contribution}`] : [`${adjoint} × ${partial} = ${contribution}`];
  const width = Math.max(...rows.map((row) => lengthOf(row, 10))) + 8;
  const height = inTwo ? 27 : 16;
  const place = placeFor(line, { width, height }, taken);
  taken.push(place);
  const middle = { x: place.x + width / 2, y: place.y + 8 };
  const factors = svg("tspan", {}, svg("tspan", { class: "upstream" }, adjoint), " × ", svg("tspan", { class: "local" }, partial));
  const below = inTwo ? { x: middle.x, dy: 12 } : {};
  const result = svg("tspan", below, " = ", svg("tspan", { class: "contribution" }, contribution));
  return svg("g", { class: "tag" }, svg("rect", { rx: 4, ...place }), svg("text", middle, factors, result));
}

/** A place on the line, where its label was or where it covers least. */
function placeFor(line, { width, height }, taken) {
  line.spots ??= spotsOn(line);
  const places = line.spots.map(({ x, y }) => ({ x: x - width / 2, y: y - height / 2, width, height }));
  if (places.length === 1) return places[0];
  const covered = places.map((place) => taken.reduce((sum, box) => sum + overlap(place, box), 0));
  return places[covered.indexOf(Math.min(...covered))];
}

function spotsOn({ path, spot }) {
  if (spot) return [{ x: spot.x + spot.width / 2, y: spot.y + spot.height / 2 }];
  const length = path.getTotalLength();
  return [0.5, 0.35, 0.65, 0.2, 0.8]
    .map((share) => path.getPointAtLength(length * share))
    .flatMap(({ x, y }) => [0, -10, 10].map((dy) => ({ x, y: y + dy })));
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
