// A live expression: leaves that are moved, and what follows from them, computed by the engine of the pages.

const lives = read("lives");

const WIDTH = 360;
const HEIGHT = 230;
const EDGE = 26; // around a plot, for the numbers on its axes
const POINTS = 160;

class Live {
  constructor(place, data) {
    Object.assign(this, data);
    this.graph = new Graph(data.graph);
    this.first = this.graph.values.slice();
    this.root = data.of; // whose grads are shown
    this.refreshers = []; // what brings a part up to date
    this.place = place;
    this.clip = `inside-${place.dataset.live}`;
    for (const part of ["makeControls", "makeLearning", "makeLines", "makePasses", "makeBars", "makePlot"]) this[part]();
    this.update();
  }

  /** Compute everything from the leaves, and show it. */
  update() {
    const { graph } = this;
    graph.forward();
    graph.backward(this.root);
    this.adjoints = graph.adjoints.slice(); // the plot goes back from other nodes
    for (const refresh of this.refreshers) refresh();
  }

  add(...parts) {
    this.place.append(...parts);
  }

  // ---- what is moved ------------------------------------------------------------------------------

  makeControls() {
    const { graph } = this;
    const controls = html("div", { class: "controls" });
    for (const { title, sliders } of this.groups) {
      const group = html("fieldset", {}, html("legend", {}, title));
      group.append(...sliders.map((slider) => this.slider(slider)));
      controls.append(group);
    }
    if (this.count) controls.append(this.counter(...this.count));
    for (const [said, node] of Object.entries(this.switches)) {
      const box = html("input", { type: "checkbox" });
      box.onchange = () => this.set([node], Number(box.checked));
      this.refreshers.push(() => (box.checked = graph.values[node] === 1));
      controls.append(html("label", { class: "switch" }, box, ` ${said}`));
    }
    if (this.choice) controls.append(this.chooser(...this.choice));
    const again = html("button", { type: "button", class: "again" }, word("again"));
    again.onclick = () => this.reset();
    this.add(controls, again);
  }

  slider({ label, nodes, low, high, step, start, scales }) {
    const input = html("input", { type: "range", min: low, max: high, step, value: start });
    const shown = html("output", {});
    const scaled = () => nodes.forEach((node) => (this.graph.values[node] = input.value * this.first[node]));
    input.oninput = () => {
      if (scales) scaled();
      else nodes.forEach((node) => (this.graph.values[node] = Number(input.value)));
      this.update();
    };
    this.refreshers.push(() => {
      const x = scales ? Number(input.value) : this.graph.values[nodes[0]];
      if (!scales) input.value = x;
      shown.value = number(x);
    });
    if (scales) this.rewinders = [...(this.rewinders ?? []), () => (input.value = start)];
    return html("label", { class: "slider" }, html("span", {}, label), input, shown);
  }

  /** So many of the leaves are 1. */
  counter(label, nodes) {
    const { values } = this.graph;
    const input = html("input", { type: "range", min: 1, max: nodes.length, step: 1 });
    const shown = html("output", {});
    input.oninput = () => {
      nodes.forEach((node, i) => (values[node] = Number(i < input.value)));
      this.update();
    };
    this.refreshers.push(() => {
      input.value = nodes.filter((node) => values[node]).length;
      shown.value = input.value;
    });
    return html("label", { class: "slider" }, html("span", {}, label), input, shown);
  }

  /** The row of some nodes: every activation of a network at once. */
  chooser(nodes, names) {
    const { graph } = this;
    const select = html("select", {}, ...names.map((name) => html("option", {}, name)));
    select.onchange = () => {
      for (const node of nodes) graph.rows[node] = ROWS[select.value];
      this.update();
    };
    this.refreshers.push(() => (select.value = names.find((name) => graph.rows[nodes[0]] === ROWS[name])));
    return html("label", { class: "slider" }, html("span", {}, word("choose")), select);
  }

  set(nodes, x) {
    for (const node of nodes) this.graph.values[node] = x;
    this.update();
  }

  reset() {
    this.graph.values.set(this.first);
    this.rewinders?.forEach((rewind) => rewind());
    this.update();
  }

  // ---- what learns --------------------------------------------------------------------------------

  makeLearning() {
    if (!this.learning) return;
    const button = (said, count) => {
      const made = html("button", { type: "button" }, said);
      made.onclick = () => this.learn(count);
      return made;
    };
    const shown = html("output", { class: "loss" });
    const names = Object.keys(this.learning.sets);
    const select = html("select", {}, ...names.map((name) => html("option", {}, name)));
    select.onchange = () => {
      this.samples = this.learning.sets[select.value];
      this.reset();
    };
    [this.samples] = Object.values(this.learning.sets);
    if (names.length > 1) this.add(html("label", { class: "slider" }, html("span", {}, word("samples")), select));
    this.rewinders = [...(this.rewinders ?? []), () => this.restart()];
    this.restart();
    this.refreshers.push(() => (shown.value = `${word("steps_done")} ${this.optimizer.steps}, ${word("loss")} ${number(this.meanLoss())}`));
    const buttons = [button(word("one_step"), 1), button(word("hundred_steps"), 100)];
    this.add(html("p", { class: "row" }, ...buttons, shown));
  }

  restart() {
    const { optimizer, hyper, parameters } = this.learning;
    this.optimizer = OPTIMIZERS[optimizer](parameters.length, hyper);
  }

  /** Go over all samples, and call `each` after the forward pass. */
  overSamples(each) {
    const { graph } = this;
    const { samples } = this;
    const { leaves } = this.learning;
    const before = leaves.map((node) => graph.values[node]);
    const put = (numbers) => leaves.forEach((node, k) => (graph.values[node] = numbers[k]));
    for (const sample of samples) {
      put(sample);
      graph.forward();
      each();
    }
    put(before);
  }

  meanLoss() {
    let total = 0;
    this.overSamples(() => (total += this.graph.values[this.root]));
    return total / this.samples.length;
  }

  learn(steps) {
    const { graph } = this;
    const { samples } = this;
    const { parameters, lr } = this.learning;
    for (let k = 0; k < steps; k++) {
      const gradient = new Float64Array(parameters.length);
      this.overSamples(() => {
        graph.backward(this.root);
        parameters.forEach((node, i) => (gradient[i] += graph.adjoints[node] / samples.length));
      });
      const numbers = parameters.map((node) => graph.values[node]);
      this.optimizer.step(numbers, gradient, lr);
      parameters.forEach((node, i) => (graph.values[node] = numbers[i]));
    }
    this.update();
  }

  // ---- numbers written out ------------------------------------------------------------------------

  makeLines() {
    if (this.lines.length || this.grads.length) {
      const list = html("ul", { class: "lines" });
      this.add(list);
      const line = (text) => {
        const item = html("li");
        list.append(item);
        this.refreshers.push(() => (item.textContent = text()));
      };
      for (const { node, form } of this.lines) line(() => this.written(node, form));
      for (const [label, node] of this.grads) line(() => `${label}.grad = ${number(this.adjoints[node])}`);
    }
  }

  /** A node as the stepper writes it: its name, the operation in names, in numbers, the result. */
  written(node, { names, numbers, signed }) {
    const { values, operands, first } = this.graph;
    const of = [...operands.subarray(first[node], first[node + 1])];
    const shown = (operand) => number(values[operand]);
    const bracketed = (operand) => (signed && shown(operand).startsWith("−") ? `(${shown(operand)})` : shown(operand));
    const fill = (formula, said) => formula.map((piece) => (typeof piece === "string" ? piece : said(of[piece[0]]))).join("");
    const parts = [this.names[node], fill(names, (operand) => this.names[operand] ?? shown(operand)), fill(numbers, bracketed), shown(node)];
    return [...new Set(parts)].join(" = ");
  }

  // ---- wrong backward passes ----------------------------------------------------------------------

  makePasses() {
    if (!this.passes.length) return;
    const [right, ...wrongs] = this.passes;
    const select = html("select", {}, ...wrongs.map(({ title }, k) => html("option", { value: k }, title)));
    const columns = [html("ol", { class: "pass" }), html("ol", { class: "pass" })];
    const titles = [html("h3", {}), html("h3", {})];
    select.onchange = () => this.update();
    this.refreshers.push(() => {
      const wrong = wrongs[select.value];
      titles[0].textContent = right.title;
      titles[1].textContent = wrong.title;
      const zeros = this.graph.values.map(() => 0);
      const truth = this.run(right.writes, zeros);
      const given = this.run(wrong.writes, wrong.again ? truth.grads : zeros);
      this.wrongGrads = given.grads;
      this.show(columns[0], truth.events, -1);
      this.show(columns[1], given.events, this.firstWrong(given.events, truth.events));
    });
    if (wrongs.length > 1) this.add(html("label", { class: "slider" }, html("span", {}, word("choose_mistake")), select));
    this.add(html("div", { class: "beside" }, ...columns.map((column, k) => html("div", {}, titles[k], column))));
  }

  /** Do the writes of a backward pass one by one: [node, its k-th edge, the parent, "+=", "=" or "missing"]. */
  run(writes, start) {
    const { first, partials } = this.graph;
    const grads = Float64Array.from(start);
    grads[this.root] = 1;
    const events = writes.map(([node, k, parent, sign]) => {
      const partial = partials[first[node] + k];
      const before = grads[parent];
      const contribution = grads[node] * partial;
      if (sign === "+=") grads[parent] += contribution;
      if (sign === "=") grads[parent] = contribution;
      return { edge: first[node] + k, node, parent, sign, adjoint: grads[node], partial, contribution, before, after: grads[parent] };
    });
    return { events, grads };
  }

  /** The first write that is not what the right pass writes along the same edge, or that loses or doubles a sum. */
  firstWrong(events, truth) {
    const right = new Map(truth.map((event) => [event.edge, event.contribution]));
    const sums = new Map(); // what each parent should have by now
    return events.findIndex(({ edge, parent, sign, contribution, after }) => {
      const sum = (sums.get(parent) ?? 0) + right.get(edge);
      sums.set(parent, sum);
      return sign === "missing" || contribution !== right.get(edge) || after !== sum;
    });
  }

  show(list, events, wrongAt) {
    list.replaceChildren(...events.map((event, k) => {
      const { node, parent, sign, adjoint, partial, contribution, before, after } = event;
      const [to, from] = [this.names[node], this.names[parent]];
      const chain = `${from}.grad ${sign === "missing" ? "+=" : sign} ${to}.grad × ∂${to}/∂${from} = ${number(adjoint)} × ${number(partial)} = ${number(contribution)}`;
      const change = sign === "missing" ? word("missing") : `${from}.grad: ${number(before)} → ${number(after)}`;
      const kind = k === wrongAt ? "wrong first" : sign === "missing" ? "missing" : "";
      const item = html("li", { class: kind }, html("span", {}, chain), " ", html("small", {}, change));
      if (k === wrongAt) item.append(" ", html("strong", {}, word("first_wrong")));
      return item;
    }));
  }

  // ---- bars ---------------------------------------------------------------------------------------

  makeBars() {
    for (const { title, shows, bars } of this.bars) {
      const list = html("ul", { class: "bars" });
      this.add(html("figure", {}, html("figcaption", {}, title), list));
      this.refreshers.push(() => {
        const numbers = this.heights(shows, bars);
        const most = Math.max(1e-300, ...numbers.map(Math.abs), shows === "grad" ? 0 : 1);
        const share = (x) => (shows === "size" ? Math.max(0, 1 + Math.log10(x || 1e-300) / 10) : Math.abs(x) / most);
        list.replaceChildren(...bars.map(([label], k) => this.bar(label, numbers[k], Math.min(1, share(numbers[k])))));
      });
    }
  }

  bar(label, x, share) {
    const drawn = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { width: 100 * share, height: 10, class: x < 0 ? "negative" : "positive" }));
    return html("li", {}, html("span", {}, label), drawn, html("output", {}, number(x)));
  }

  heights(shows, bars) {
    const { values } = this.graph;
    const mean = (nodes, of) => nodes.reduce((sum, node) => sum + of(node), 0) / nodes.length;
    if (shows === "size") return bars.map(([, nodes]) => mean(nodes, (node) => Math.abs(this.adjoints[node])));
    if (shows === "grad") return bars.map(([, nodes]) => mean(nodes, (node) => this.adjoints[node]));
    const numbers = bars.map(([, nodes]) => mean(nodes, (node) => values[node]));
    const largest = numbers.indexOf(Math.max(...numbers));
    return shows === "one-hot" ? numbers.map((_, k) => Number(k === largest)) : numbers;
  }

  // ---- curves -------------------------------------------------------------------------------------

  makePlot() {
    if (!this.plot) return;
    const { plot } = this;
    const isChosen = plot.slope && plot.curves.length > 1;
    const select = html("select", {}, ...plot.curves.map(({ label }, k) => html("option", { value: k }, label)));
    const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", "aria-hidden": "true" });
    const said = html("output", { class: "said" });
    select.onchange = () => this.update();
    if (isChosen) this.add(html("label", { class: "slider" }, html("span", {}, word("choose")), select));
    this.add(drawn, said);
    const movable = this.groups.some(({ sliders }) => sliders.some(({ nodes }) => nodes.includes(plot.x)));
    if (movable)
      drawn.onpointermove = (event) => {
        const box = drawn.getBoundingClientRect();
        const share = (((event.clientX - box.left) / box.width) * WIDTH - EDGE) / (WIDTH - 2 * EDGE);
        const x = plot.from + Math.min(1, Math.max(0, share)) * (plot.to - plot.from);
        this.set([plot.x], Math.round(100 * x) / 100);
      };
    this.refreshers.push(() => this.draw(drawn, said, isChosen ? [plot.curves[select.value]] : plot.curves, movable));
  }

  /** The curves, and of the only one its slope too. */
  sampled(curves) {
    const { graph, plot } = this;
    const here = graph.values[plot.x];
    const at = (x) => {
      graph.values[plot.x] = x;
      graph.forward();
      const slope = () => (graph.backward(curves[0].node), graph.adjoints[plot.x]);
      return { x, ys: [...curves.map(({ node }) => graph.values[node]), ...(plot.slope ? [slope()] : [])] };
    };
    const xs = Array.from({ length: POINTS + 1 }, (_, i) => plot.from + ((plot.to - plot.from) * i) / POINTS);
    const rows = xs.map(at);
    const now = at(here);
    return { rows, now };
  }

  draw(drawn, said, curves, movable) {
    const { plot } = this;
    const points = this.samples ?? [];
    const { rows, now } = this.sampled(curves);
    const numbers = [...rows.flatMap(({ ys }) => ys), ...points.map(([, y]) => y), 0].filter(Number.isFinite);
    const [low, high] = plot.height ?? [Math.min(...numbers), Math.max(...numbers, 1e-9)];
    const px = (x) => EDGE + ((x - plot.from) / (plot.to - plot.from)) * (WIDTH - 2 * EDGE);
    const py = (y) => HEIGHT - EDGE - ((y - low) / (high - low)) * (HEIGHT - 2 * EDGE);
    const line = (points, kind) => svg("polyline", { class: kind, points: points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(" ") });
    const text = (x, y, anchor, shown) => svg("text", { x, y, "text-anchor": anchor }, shown);
    const parts = [
      svg("clipPath", { id: this.clip }, svg("rect", { x: EDGE, y: EDGE / 2, width: WIDTH - 2 * EDGE, height: HEIGHT - 1.5 * EDGE })),
      line([[plot.from, 0], [plot.to, 0]], "axis"), line([[0, low], [0, high]], "axis"),
      text(EDGE, HEIGHT - 8, "middle", number(plot.from)), text(WIDTH - EDGE, HEIGHT - 8, "middle", number(plot.to)),
      text(EDGE - 4, py(low), "end", number(low)), text(EDGE - 4, py(high) + 8, "end", number(high)),
      ...points.map(([x, y]) => svg("circle", { cx: px(x), cy: py(y), r: 2.5, class: "point" })),
    ];
    const inside = svg("g", { "clip-path": `url(#${this.clip})` });
    rows[0].ys.forEach((_, k) => {
      const kind = plot.slope && k === rows[0].ys.length - 1 ? "curve slope" : `curve c${k}`;
      for (const piece of pieces(rows, k)) inside.append(line(piece, kind));
    });
    const slope = now.ys.at(-1);
    if (plot.slope && Number.isFinite(slope)) {
      const tangent = (x) => [x, now.ys[0] + slope * (x - now.x)];
      inside.append(line([tangent(plot.from), tangent(plot.to)], "tangent"));
    }
    if (movable) inside.append(...now.ys.map((y) => svg("circle", { cx: px(now.x), cy: py(y), r: 4, class: "here" })).filter((_, k) => Number.isFinite(now.ys[k])));
    drawn.replaceChildren(...parts, inside);
    const told = curves.map(({ label }, k) => [movable ? `${label} = ${number(now.ys[k])}` : label, `c${k}`]);
    if (plot.slope) told.push([`${word("slope")} = ${number(slope)}`, "slope"]);
    if (plot.slope) told.push(...curves[0].formulas.map((formula, k) => [`f${"′".repeat(k)} = ${formula}`, "formula"]));
    said.replaceChildren(...told.map(([text, kind]) => html("span", { class: kind }, text)));
  }
}

/** A curve as lines without gaps. */
function pieces(rows, k) {
  const found = [[]];
  for (const { x, ys } of rows) {
    if (Number.isFinite(ys[k])) found.at(-1).push([x, ys[k]]);
    else if (found.at(-1).length) found.push([]);
  }
  return found;
}

// ---- cases: what was computed before, for a number of choices -----------------------------------------

function showCases(place, { title, cases }) {
  const input = html("input", { type: "range", min: 0, max: cases.length - 1, step: 1, value: 0 });
  const shown = html("output", {});
  const facts = html("ul", { class: "lines" });
  const text = html("pre", { tabindex: 0 });
  input.oninput = () => {
    const { name, lines, source } = cases[input.value];
    shown.value = name;
    input.setAttribute("aria-valuetext", name);
    facts.replaceChildren(...lines.map((line) => html("li", {}, line)));
    text.textContent = source;
  };
  place.append(html("div", { class: "controls" }, html("label", { class: "slider" }, html("span", {}, title), input, shown)), facts, text);
  input.oninput();
}

const shownLives = Object.fromEntries([...document.querySelectorAll("[data-live]")].map((place) => {
  const data = lives[place.dataset.live];
  return [place.dataset.live, data.cases ? showCases(place, data) : new Live(place, data)];
}));
