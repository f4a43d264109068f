// The network as a picture: layers are columns, each neuron shows what it says over the plane, each
// connection is as wide as its number is large, blue above 0 and orange below.

const BOX = 38; // of a neuron, in pixels
const TOP = 34; // above the neurons, for the buttons of the layer
const NEAREST = 10; // between two neurons of a column

class Network {
  constructor(place, editor) {
    this.place = place;
    this.editor = editor;
  }

  /** Lay the network out anew: after its layers have changed. */
  build(learner, changeWidth) {
    const columns = [learner.names.map((name) => ({ name })), ...learner.layers];
    const tallest = Math.max(...columns.map((column) => column.length));
    const height = TOP + tallest * (BOX + NEAREST) + 12;
    const width = Math.max(this.place.clientWidth || 600, columns.length * (BOX + 64));
    const gap = (width - BOX - 8) / (columns.length - 1);
    this.links = [];
    this.pictures = [];
    const canvas = svg("svg", { width, height, "aria-hidden": "true" });
    this.place.replaceChildren(canvas);
    columns.forEach((column, c) => {
      const free = height - TOP - column.length * BOX;
      const space = Math.min(26, free / (column.length + 1));
      const from = TOP + (height - TOP - column.length * BOX - (column.length - 1) * space) / 2;
      column.forEach((neuron, k) => {
        neuron.left = 4 + c * gap;
        neuron.top = from + k * (BOX + space);
        neuron.title = c ? `${c === columns.length - 1 ? word("output") : word("layer", { n: c })} · ${k + 1}` : neuron.name;
      });
      if (c) this.connect(canvas, learner, columns[c - 1], column);
      if (c && c < columns.length - 1 && changeWidth) this.buttons(c, column, changeWidth);
    });
    for (const neuron of columns.flat()) this.box(learner, neuron);
  }

  connect(canvas, learner, before, column) {
    for (const neuron of column)
      neuron.weights.forEach((node, i) => {
        const [x1, y1] = [before[i].left + BOX, before[i].top + BOX / 2];
        const [x2, y2] = [neuron.left, neuron.top + BOX / 2];
        const bend = (x2 - x1) / 2;
        const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
        const line = svg("path", { class: "link", d });
        const hit = svg("path", { class: "hit", d }, svg("title"));
        const name = () => word("weight", { from: before[i].title, to: neuron.title });
        hit.addEventListener("pointerenter", () => this.hint(hit, learner, node, name()));
        hit.addEventListener("click", () => this.editor.open(node, name()));
        canvas.append(line, hit);
        this.links.push({ line, place: learner.parameters.indexOf(node) });
      });
  }

  hint(hit, learner, node, name) {
    const place = learner.parameters.indexOf(node);
    const grad = number(learner.gradient[place]);
    hit.firstChild.textContent = `${name} = ${number(learner.trainer.parameters[place])}, ${word("grad", { grad })}`;
  }

  box(learner, neuron) {
    const canvas = element("canvas", { width: GRID, height: GRID });
    const label = element("span", { class: "value" });
    for (const part of [canvas, label]) part.style.left = `${neuron.left}px`;
    canvas.style.top = `${neuron.top}px`;
    canvas.style.width = canvas.style.height = `${BOX}px`;
    label.style.top = `${neuron.top + BOX - 1}px`;
    label.style.width = `${BOX}px`;
    this.place.append(canvas, label);
    this.pictures.push({ neuron, canvas, label });
    if (neuron.bias === undefined) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", neuron.title);
      return;
    }
    const name = word("bias", { name: neuron.title });
    const button = element("button", { type: "button", class: "neuron", title: name, "aria-label": name });
    button.style.left = canvas.style.left;
    button.style.top = canvas.style.top;
    button.style.width = button.style.height = `${BOX + 4}px`;
    button.addEventListener("click", () => this.editor.open(neuron.bias, name));
    this.place.append(button);
  }

  /** More or fewer neurons in a layer. */
  buttons(c, column, changeWidth) {
    const fewer = element("button", { type: "button", "aria-label": word("fewerNeurons", { n: c }) }, "−");
    const more = element("button", { type: "button", "aria-label": word("moreNeurons", { n: c }) }, "+");
    const part = element("span", { class: "width" }, fewer, String(column.length), more);
    part.style.left = `${Math.max(0, column[0].left - 20)}px`;
    part.style.top = "0";
    fewer.addEventListener("click", () => changeWidth(c - 1, -1));
    more.addEventListener("click", () => changeWidth(c - 1, 1));
    this.place.append(part);
  }

  // ---- every frame ---------------------------------------------------------------------------------

  /** `pictures`: for each square of the plane what every neuron says; `chosen`: for one point. */
  draw(learner, squares, nodes, chosen) {
    const numbers = settings.view === "gradients" ? learner.gradient : learner.trainer.parameters;
    let largest = 1e-12;
    for (const { place } of this.links) largest = Math.max(largest, Math.abs(numbers[place]));
    for (const { line, place } of this.links) {
      const share = numbers[place] / (settings.view === "gradients" ? largest : Math.max(2, largest));
      line.setAttribute("stroke-width", (0.4 + 6 * Math.abs(share)).toFixed(2));
      line.setAttribute("stroke", rgb(share >= 0 ? POSITIVE : NEGATIVE));
      line.setAttribute("stroke-opacity", (0.25 + 0.65 * Math.min(1, 3 * Math.abs(share))).toFixed(2));
    }
    for (const { neuron, canvas, label } of this.pictures) {
      const k = nodes.indexOf(neuron.out ?? learner.inputs[learner.names.indexOf(neuron.name)]);
      if (squares) {
        const most = Math.max(1e-9, ...squares.map((numbers) => Math.abs(numbers[k])));
        paint(canvas, (square) => signed(squares[square][k] / most));
      }
      label.textContent = settings.view === "activations" && chosen ? number(Number(chosen[k].toPrecision(3))) : "";
    }
  }
}

/** The number of one weight or bias, to be typed. */
class Editor {
  constructor(onChange) {
    this.form = $("editor");
    this.onChange = onChange;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.form.hidden = true;
    });
    $("edited-number").addEventListener("input", () => {
      const x = $("edited-number").valueAsNumber;
      if (Number.isFinite(x)) this.onChange(this.node, x);
    });
  }

  open(node, name) {
    this.node = node;
    $("edited").textContent = name;
    this.form.hidden = false;
    this.show();
    $("edited-number").focus();
  }

  show() {
    if (this.form.hidden) return;
    const place = learner.parameters.indexOf(this.node);
    if (place < 0) return void (this.form.hidden = true);
    if (document.activeElement !== $("edited-number"))
      $("edited-number").value = learner.trainer.parameters[place].toPrecision(6);
    $("edited-grad").textContent = word("grad", { grad: number(learner.gradient[place]) });
  }
}
