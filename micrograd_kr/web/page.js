"use strict";
// One position says everything: 0 is the start, then the forward steps, then the backward steps.
// `show` draws the whole page from it, so that back, the slider and the keys cannot disagree.
// What comes from the recording only ever becomes text, never markup.

const $ = (id) => document.getElementById(id);
const read = (id) => JSON.parse($(id).textContent);
const { nodes, edges, forward, backward } = read("recording");
const words = read("words");
const last = forward.length + backward.length;
const root = nodes[backward.length ? backward[0].node : nodes.length - 1];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const state = { at: 0, lang: document.documentElement.lang, timer: 0, pinned: null, hovered: null };

// ---- text and elements ----------------------------------------------------------------------------

const word = (key, values = {}) => words[state.lang][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

function number(x) {
  x = Number(x); // "Infinity" and "NaN", which JSON cannot write as numbers, come as text
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return String(x).replace("-", "−");
  const text = Math.abs(x) >= 1e-4 && Math.abs(x) < 1e6 ? String(Number(x.toPrecision(4))) : x.toExponential(3);
  return text.replace(/-/g, "−");
}

const SVG = "http://www.w3.org/2000/svg";
const MATH = "http://www.w3.org/1998/Math/MathML";

function element(space, tag, attributes, children) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
const html = (tag, attributes = {}, ...children) =>
  element("http://www.w3.org/1999/xhtml", tag, attributes, children);
const svg = (tag, attributes = {}, ...children) => element(SVG, tag, attributes, children);
const math = (tag, attributes = {}, ...children) => element(MATH, tag, attributes, children);
const span = (kind, ...children) => html("span", { class: kind }, ...children);

/** ∂y/∂x as a fraction. */
const derivative = (y, x, kind) =>
  math("math", { class: kind, displaystyle: "true" }, math("mfrac", {}, ...[y, x].map((name) =>
    math("mrow", {}, math("mo", { rspace: "0", lspace: "0" }, "∂"), math(name.length > 1 ? "mtext" : "mi", {}, name)))));

// ---- what the recording says ----------------------------------------------------------------------

const edgeOf = new Map(edges.map((edge) => [edge.id, edge]));
const forwardAt = new Map(forward.map((step, k) => [step.node, k + 1]));
const backwardAt = new Map(backward.map((step, k) => [step.node, forward.length + k + 1]));
const uses = nodes.map(() => 0); // how many edges lead out of a node: so many contributions will come
edges.forEach((edge) => uses[edge.from]++);
const contributions = nodes.map(() => []);
backward.forEach((step, k) =>
  step.lines.forEach((line) =>
    contributions[line.parent].push({ ...line, from: step.node, at: forward.length + k + 1 })));

const isLeaf = (i) => nodes[i].parents.length === 0;
const stepAt = (at) => (at === 0 ? null : at <= forward.length ? forward[at - 1] : backward[at - forward.length - 1]);
const isBackward = (at) => at > forward.length;
const arrived = (i, at) => contributions[i].filter((c) => c.at <= at);

/** The grad of a node at a position: what the last contribution made of it. */
function grad(i, at) {
  const latest = arrived(i, at).at(-1);
  if (latest) return latest.after;
  if (i === root.id && isBackward(at)) return backward[0].adjoint;
  return isLeaf(i) ? nodes[i].grad : 0;
}

const isTouched = (i, at) => arrived(i, at).length > 0 || (i === root.id && isBackward(at)) || Number(grad(i, at)) !== 0;

function statusOf(i, at) {
  const step = stepAt(at);
  if (step && step.node === i) return "current";
  if (!isBackward(at)) return (forwardAt.get(i) ?? 0) <= at && (at > 0 || !forwardAt.has(i)) ? "done" : "waiting";
  if (step.lines.some((line) => line.parent === i)) return "receiving";
  if (backwardAt.has(i)) return backwardAt.get(i) < at ? "done" : "waiting";
  return arrived(i, at).length === uses[i] ? "done" : "waiting";
}

function edgeStatus(edge, at) {
  const step = stepAt(at);
  if (step && step.node === edge.to) return "active";
  return ((isBackward(at) ? backwardAt : forwardAt).get(edge.to) ?? Infinity) < at ? "done" : "waiting";
}

// ---- the picture ----------------------------------------------------------------------------------

const picture = document.querySelector("#scroller > svg");
const drawn = new Map(); // node -> its group and the texts in it
const lines = new Map(); // edge -> its group
const tags = svg("g", { class: "tags" });

function prepare() {
  const { width, height } = picture.viewBox.baseVal;
  document.querySelector("main").classList.toggle("tall", height > width);
  picture.setAttribute("role", "group");
  nodes.forEach((node) => {
    const group = $(`n${node.id}`);
    if (!group) return; // folded away in the picture
    group.classList.add("node");
    group.querySelectorAll("text").forEach((text) => text.remove());
    const box = group.getBBox();
    group.querySelectorAll("path, polygon, ellipse, polyline, rect").forEach((shape) => shape.classList.add("shape"));
    const [title, data, gradient] = [0, 1, 2].map((row) =>
      svg("text", { x: box.x + box.width / 2, y: box.y + (box.height * (row + 0.78)) / 3.25, "text-anchor": "middle", "font-size": 12 }));
    title.append(svg("tspan", { class: "name" }, node.name));
    if (node.expression) title.append(svg("tspan", { class: "expression" }, ` = ${node.expression}`));
    group.append(title, data, gradient);
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
    drawn.set(node.id, { group, box, title, data, gradient });
  });
  edges.forEach((edge) => {
    const group = $(edge.id);
    if (!group) return;
    group.classList.add("edge");
    group.querySelectorAll("text").forEach((text) => text.remove());
    group.querySelectorAll("path").forEach((path) => path.classList.add("line"));
    group.querySelectorAll("polygon").forEach((polygon) => polygon.classList.add("head"));
    lines.set(edge.id, group);
  });
  (picture.querySelector(".graph") ?? picture).append(tags);
}

/** As large as the text needs, no wider than the page if that leaves it readable. */
function resize() {
  const { width } = picture.viewBox.baseVal;
  const room = $("scroller").clientWidth - 34;
  const scale = Math.min(1.35, Math.max(1, room / width));
  picture.style.width = `${width * scale}px`;
}

function fit(text, width) {
  text.setAttribute("font-size", 12);
  const length = text.getComputedTextLength();
  if (length > width) text.setAttribute("font-size", (12 * width) / length);
}

function showPicture() {
  const { at } = state;
  picture.setAttribute("class", isBackward(at) ? "backward" : "forward");
  for (const [i, { group, box, title, data, gradient }] of drawn) {
    const node = nodes[i];
    const known = statusOf(i, at) !== "waiting" || isBackward(at);
    group.setAttribute("class", `node ${statusOf(i, at)}${chosen() === i ? " chosen" : ""}`);
    data.replaceChildren(svg("tspan", { class: "key" }, "data "), known ? number(node.data) : "·");
    gradient.replaceChildren(
      svg("tspan", { class: "key" }, "grad "),
      svg("tspan", { class: isTouched(i, at) ? "value" : "untouched" }, number(grad(i, at))));
    [title, data, gradient].forEach((text) => fit(text, box.width - 8));
    group.setAttribute("aria-label", [
      node.name + (node.expression && ` = ${node.expression}`), `data ${known ? number(node.data) : "?"}`, `grad ${number(grad(i, at))}`,
      ...arrived(i, at).map((c) => `${word("from", { name: nodes[c.from].name })} ${product(c)}`),
    ].join(", "));
  }
  for (const [id, group] of lines) group.setAttribute("class", `edge ${edgeStatus(edgeOf.get(id), at)}`);
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
    const path = lines.get(line.edge)?.querySelector(".line");
    if (!path) continue;
    const text = svg("text", {},
      svg("tspan", { class: "upstream" }, number(line.adjoint)), " × ",
      svg("tspan", { class: "local" }, number(line.partial)), " = ",
      svg("tspan", { class: "contribution" }, number(line.contribution)));
    const back = svg("rect", { rx: 4 });
    const tag = svg("g", { class: "tag" }, back, text);
    tags.append(tag);
    const width = text.getComputedTextLength() + 10;
    const height = 16;
    const places = [0.5, 0.35, 0.65, 0.2, 0.8].flatMap((share) => {
      const { x, y } = path.getPointAtLength(path.getTotalLength() * share);
      return [0, -10, 10].map((dy) => ({ x: x - width / 2, y: y - height / 2 + dy, width, height }));
    });
    const overlap = (a) => taken.reduce((sum, b) =>
      sum + Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x))
          * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)), 0);
    const place = places.reduce((best, next) => (overlap(next) < overlap(best) ? next : best));
    taken.push(place);
    for (const [name, value] of Object.entries(place)) back.setAttribute(name, value);
    text.setAttribute("x", place.x + width / 2);
    text.setAttribute("y", place.y + height / 2);
  }
}

/** Scroll the picture, never the page, so that the current node is seen. */
function follow() {
  const step = stepAt(state.at);
  const group = step && drawn.get(step.node)?.group;
  if (!group) return;
  const scroller = $("scroller");
  const outer = scroller.getBoundingClientRect();
  const inner = group.getBoundingClientRect();
  scroller.scrollTo({
    left: scroller.scrollLeft + inner.left + inner.width / 2 - outer.left - outer.width / 2,
    top: scroller.scrollTop + inner.top + inner.height / 2 - outer.top - outer.height / 2,
    behavior: calm.matches ? "auto" : "smooth",
  });
}

// ---- the step -------------------------------------------------------------------------------------

function phase() {
  const { at } = state;
  if (at === 0) return [word("start"), ""];
  return isBackward(at)
    ? [word("backward"), `${at - forward.length}/${backward.length}`]
    : [word("forward"), `${at}/${forward.length}`];
}

const title = (node) => (node.expression ? `${node.name} = ${node.expression}` : node.name);

function showStep() {
  const { at, lang } = state;
  const step = stepAt(at);
  const [name, count] = phase();
  $("phase").replaceChildren(html("b", {}, name), count);
  $("why").hidden = !step?.why;
  $("text").hidden = !step;
  $("rule").replaceChildren();
  if (!step) {
    $("expression").replaceChildren(title(root));
    $("rule").replaceChildren(html("p", {}, word("startText")));
    return;
  }
  const node = nodes[step.node];
  $("expression").replaceChildren(title(node), html("span", { class: "value" }, ` = ${number(node.data)}`));
  $("text").textContent = step.text[lang];
  if (!isBackward(at)) return;
  $("why").querySelector("p").textContent = step.why[lang];
  $("rule").append(
    html("p", { class: "given formula upstream" }, word("upstream"), derivative(root.name, node.name), "=", html("b", {}, number(step.adjoint))),
    ...step.lines.map((line) => chain(node, line)));
  if (at === last) $("rule").append(html("p", { class: "end" }, word("end")));
}

const coloured = (line) => [
  span("upstream", number(line.adjoint)), " × ", span("local", number(line.partial)), " = ",
  span("contribution", number(line.contribution))];

/** ∂L/∂a += ∂L/∂d · ∂d/∂a, with the numbers and what becomes of a.grad. */
function chain(node, line) {
  const parent = nodes[line.parent];
  return html("div", { class: "chain" },
    html("p", { class: "formula" },
      derivative(root.name, parent.name, "contribution"), "+=",
      derivative(root.name, node.name, "upstream"), "·", derivative(node.name, parent.name, "local"), "=",
      ...coloured(line)),
    html("p", { class: "note" },
      html("span", {}, span("local", word("local")), ` ${edgeOf.get(line.edge).rule}`),
      html("span", {}, `${parent.name}.grad: ${number(line.before)} → `, html("b", {}, number(line.after)))));
}

// ---- the history of a node ------------------------------------------------------------------------

const chosen = () => state.pinned ?? state.hovered;

function showHistory() {
  const { at } = state;
  const i = chosen() ?? stepAt(at)?.node ?? root.id;
  const node = nodes[i];
  $("history-title").textContent = word("history", { name: node.name });
  $("exact").replaceChildren(
    ...(node.expression ? [html("dt", {}, word("expression")), html("dd", {}, node.expression)] : []),
    html("dt", {}, "data"), html("dd", {}, String(node.data)),
    html("dt", {}, "grad"), html("dd", {}, String(grad(i, at))));
  const items = contributions[i].map((c) => {
    const known = c.at <= at;
    const button = html("button", { type: "button", class: known ? "" : "later" },
      html("span", {}, word("from", { name: nodes[c.from].name })),
      ...(known ? [span("result", ...coloured(c)), html("span", {}, `${number(c.before)} → ${number(c.after)}`)] : [span("result", word("later"))]));
    button.addEventListener("click", () => go(c.at));
    return html("li", {}, button);
  });
  if (isLeaf(i) && Number(node.grad) !== 0) items.unshift(html("li", {}, html("p", {}, word("initial", { grad: number(node.grad) }))));
  if (i === root.id) items.unshift(html("li", {}, html("p", {}, word("seed", { name: root.name }))));
  if (!items.length) items.push(html("li", {}, html("p", {}, word("none"))));
  $("contributions").replaceChildren(...items);
  $("hint").textContent = state.pinned === null ? word("hint") : word("pinned");
}

function choose(change) {
  Object.assign(state, change);
  for (const [i, { group }] of drawn) group.classList.toggle("chosen", chosen() === i);
  showHistory();
}
const pin = (i) => choose({ pinned: state.pinned === i ? null : i });

// ---- all nodes ------------------------------------------------------------------------------------

function showTable() {
  const { at } = state;
  document.querySelector("tbody").replaceChildren(...nodes.map((node, i) =>
    html("tr", { class: statusOf(i, at) },
      html("th", { scope: "row" }, node.name),
      html("td", {}, node.expression || word("leaf")),
      html("td", {}, statusOf(i, at) === "waiting" && !isBackward(at) ? "·" : number(node.data)),
      html("td", {}, number(grad(i, at))))));
}

// ---- moving ---------------------------------------------------------------------------------------

function show() {
  const { at, lang } = state;
  const text = phase().join(" ");
  $("slider").value = at;
  $("slider").setAttribute("aria-valuetext", text);
  $("first").disabled = $("back").disabled = at === 0;
  $("last").disabled = $("next").disabled = at === last;
  $("status").textContent = [text, stepAt(at)?.text[lang] ?? word("startText"), at === last ? word("end") : ""].join(". ");
  showPicture();
  showStep();
  showHistory();
  showTable();
  follow();
}

function go(at) {
  state.at = Math.max(0, Math.min(last, at));
  show();
}

function stop() {
  clearTimeout(state.timer);
  state.timer = 0;
  showPlay();
}

function play() {
  if (state.timer) return stop();
  if (state.at === last) go(0);
  wait();
  showPlay();
}

function wait() {
  state.timer = setTimeout(() => {
    go(state.at + 1);
    if (state.at === last) stop();
    else wait();
  }, 1800 / Number($("speed").value));
}

function showPlay() {
  document.body.classList.toggle("playing", state.timer !== 0);
  for (const attribute of ["aria-label", "title"]) $("play").setAttribute(attribute, word(state.timer ? "pause" : "play"));
}

/** A move by hand ends the playing. */
function move(at) {
  stop();
  go(at);
}

function speak(lang) {
  state.lang = document.documentElement.lang = lang;
  document.title = `${word("title")} · ${root.name}`;
  document.querySelectorAll("[data-word]").forEach((e) => { e.textContent = word(e.dataset.word); });
  document.querySelectorAll("[data-label]").forEach((e) => {
    e.setAttribute("aria-label", word(e.dataset.label));
    if (e.matches("button, select")) e.title = word(e.dataset.label);
  });
  $("subtitle").textContent = word("subtitle", { name: root.name, data: number(root.data), nodes: nodes.length });
  document.querySelectorAll("#languages button").forEach((b) => b.setAttribute("aria-pressed", b.value === lang));
  showPlay();
  show();
}

const MOVES = {
  ArrowRight: () => state.at + 1,
  ArrowLeft: () => state.at - 1,
  Home: () => 0,
  End: () => last,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
  if (event.key === "Escape") return choose({ pinned: null });
  if (event.key === " " && !event.target.matches("button, summary")) {
    event.preventDefault();
    play();
  } else if (event.key in MOVES && !event.target.matches("input")) {
    event.preventDefault();
    move(MOVES[event.key]());
  }
});
$("slider").max = last;
$("slider").addEventListener("input", (event) => move(Number(event.target.value)));
$("first").addEventListener("click", () => move(0));
$("back").addEventListener("click", () => move(state.at - 1));
$("next").addEventListener("click", () => move(state.at + 1));
$("last").addEventListener("click", () => move(last));
$("play").addEventListener("click", play);
$("languages").addEventListener("click", (event) => event.target.value && speak(event.target.value));
$("theme").addEventListener("click", () => {
  const html = document.documentElement;
  const dark = html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  html.dataset.theme = dark ? "light" : "dark";
});
$("phases").style.setProperty("--forward", `${forward.length}fr`);
$("phases").style.setProperty("--backward", `${backward.length}fr`);
new ResizeObserver(resize).observe($("scroller"));
prepare();
resize();
speak(state.lang);
