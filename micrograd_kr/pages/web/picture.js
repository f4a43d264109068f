// The graph: which node is at work, what flows along its edges, what each grad has become.

const picture = document.querySelector("#scroller > svg");
const drawn = new Map(); // node -> its group and the texts in it
const lines = new Map(); // edge -> its group
const tags = svg("g", { class: "tags" });
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function prepare() {
  picture.setAttribute("role", "group");
  picture.querySelectorAll(".graph > :is(polygon, text)").forEach((part) => part.remove()); // background and caption
  const { x, y, width, height } = picture.getBBox();
  picture.setAttribute("viewBox", `${x - 3} ${y - 3} ${width + 6} ${height + 6}`);
  document.querySelector("main").classList.toggle("tall", height > 0.75 * width);
  nodes.forEach((node) => {
    const group = $(`n${node.id}`);
    if (!group) return; // folded away in the picture
    group.classList.add("node");
    const shape = group.querySelector("path, polygon, ellipse");
    shape.classList.add("shape");
    const box = shape.getBBox();
    const texts = [...group.querySelectorAll("text")];
    const [dataKey, data, gradKey, gradient] = texts.slice(-4); // the rows that `draw` writes last
    [dataKey, gradKey].forEach((text) => text.classList.add("key"));
    [data, gradient].forEach((text) => {
      text.setAttribute("text-anchor", "end");
      text.setAttribute("x", box.x + box.width - 7);
    });
    const room = box.x + box.width - 7 - gradKey.getBBox().x - gradKey.getComputedTextLength() - 4;
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.addEventListener("pointerenter", () => choose({ hovered: node.id }));
    group.addEventListener("pointerleave", () => choose({ hovered: null }));
    group.addEventListener("focus", () => choose({ hovered: node.id }));
    group.addEventListener("blur", () => choose({ hovered: null }));
    group.addEventListener("click", () => pin(node.id));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      pin(node.id);
    });
    drawn.set(node.id, { group, box, data, gradient, room });
  });
  edges.forEach((edge) => {
    const group = $(edge.id);
    if (!group) return;
    group.classList.add("edge");
    group.querySelectorAll("path").forEach((path) => path.classList.add("line"));
    group.querySelectorAll("polygon").forEach((polygon) => polygon.classList.add("head"));
    const labels = [...group.querySelectorAll("text")];
    const spot = labels.length && group.querySelector("text").getBBox();
    labels.forEach((text) => text.remove());
    lines.set(edge.id, { group, spot });
  });
  (picture.querySelector(".graph") ?? picture).append(tags);
}

/** As large as its text needs to be read, or all of it at once if that is wanted. */
function resize() {
  const { width, height } = picture.viewBox.baseVal;
  const scroller = $("scroller");
  const style = getComputedStyle(scroller);
  const whole = Math.min(
    (scroller.clientWidth - 2 * parseFloat(style.paddingLeft)) / width,
    (parseFloat(style.maxHeight) - 2 * parseFloat(style.paddingTop)) / height);
  const readable = Math.min(1.35, Math.max(1, whole));
  $("whole").hidden = whole >= 1;
  $("whole").setAttribute("aria-pressed", state.whole);
  picture.style.width = `${width * (state.whole ? Math.min(readable, whole) : readable)}px`;
}

function write(text, content, width) {
  text.textContent = content;
  text.setAttribute("font-size", 11);
  const length = text.getComputedTextLength();
  if (length > width) text.setAttribute("font-size", (11 * width) / length);
}

function showPicture() {
  const { at } = state;
  picture.setAttribute("class", isBackward(at) ? "backward" : "forward");
  for (const [i, { group, data, gradient, room }] of drawn) {
    const node = nodes[i];
    const value = isComputed(i, at) ? number(node.data) : "·";
    group.setAttribute("class", `node ${statusOf(i, at)}`);
    write(data, value, room);
    write(gradient, number(grad(i, at)), room);
    gradient.setAttribute("class", isTouched(i, at) ? "value" : "untouched");
    group.setAttribute("aria-label", [
      `${title(node)} data ${value} grad ${number(grad(i, at))}`,
      ...arrived(i, at).map((c) => `${word("from", { name: nodes[c.from].name })} ${product(c)}`),
    ].join(", "));
  }
  for (const [id, { group }] of lines) group.setAttribute("class", `edge ${edgeStatus(edgeOf.get(id), at)}`);
  showTags();
}

const product = (line) => `${number(line.adjoint)} × ${number(line.partial)} = ${number(line.contribution)}`;

/** upstream × local = contribution on each edge in use, where it covers no node and no other tag. */
function showTags() {
  tags.replaceChildren();
  const step = stepAt(state.at);
  if (!isBackward(state.at)) return;
  const taken = [...drawn.values()].map(({ box }) => box);
  for (const line of step.lines) {
    const { group, spot } = lines.get(line.edge) ?? {};
    const path = group?.querySelector(".line");
    if (!path) continue;
    const factors = svg("tspan", {}, svg("tspan", { class: "upstream" }, number(line.adjoint)), " × ",
      svg("tspan", { class: "local" }, number(line.partial)));
    const result = svg("tspan", {}, " = ", svg("tspan", { class: "contribution" }, number(line.contribution)));
    const text = svg("text", {}, factors, result);
    const back = svg("rect", { rx: 4 });
    tags.append(svg("g", { class: "tag" }, back, text));
    const inTwo = text.getComputedTextLength() > 60;
    const width = (inTwo ? Math.max(factors.getComputedTextLength(), result.getComputedTextLength()) : text.getComputedTextLength()) + 8;
    const height = inTwo ? 27 : 16;
    const along = [0.5, 0.35, 0.65, 0.2, 0.8].map((share) => path.getPointAtLength(path.getTotalLength() * share));
    const centres = spot
      ? [{ x: spot.x + spot.width / 2, y: spot.y + spot.height / 2 }]
      : along.flatMap(({ x, y }) => [0, -10, 10].map((dy) => ({ x, y: y + dy })));
    const places = centres.map(({ x, y }) => ({ x: x - width / 2, y: y - height / 2, width, height }));
    const overlap = (a) => taken.reduce((sum, b) =>
      sum + Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x))
          * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)), 0);
    const place = places.reduce((best, next) => (overlap(next) < overlap(best) ? next : best));
    taken.push(place);
    for (const [name, value] of Object.entries(place)) back.setAttribute(name, value);
    const middle = { x: place.x + width / 2, y: place.y + 8 };
    for (const [name, value] of Object.entries(middle)) text.setAttribute(name, value);
    if (inTwo) Object.entries({ x: middle.x, dy: 11 }).forEach(([name, value]) => result.setAttribute(name, value));
  }
}

/** Scroll the picture, never the page, to the current node and as many of its parents as there is room for. */
function follow() {
  const step = stepAt(state.at);
  if (!drawn.has(step?.node)) return;
  const boxes = [step.node, ...nodes[step.node].parents].filter((i) => drawn.has(i))
    .map((i) => drawn.get(i).group.getBoundingClientRect());
  const scroller = $("scroller");
  const outer = scroller.getBoundingClientRect();
  const middle = (near, far, room) => {
    const [from, to] = [Math.min(...boxes.map((b) => b[near])), Math.max(...boxes.map((b) => b[far]))];
    const [least, most] = [boxes[0][far] + 12 - room / 2, boxes[0][near] - 12 + room / 2];
    return Math.min(most, Math.max(least, (from + to) / 2)) - outer[near] - room / 2;
  };
  scroller.scrollBy({
    left: middle("left", "right", outer.width),
    top: middle("top", "bottom", outer.height),
    behavior: calm.matches ? "instant" : "smooth",
  });
}
