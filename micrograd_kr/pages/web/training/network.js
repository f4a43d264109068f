// The network as a picture: layers are columns, each neuron shows what it says over the plane, each
// connection is as wide as its number is large, blue above 0 and orange below.

const BOX = 36; // of a neuron, in pixels
const TOP = 34; // above the neurons, for the buttons of the layer
const NEAREST = 18; // between two neurons of a column
const MANY = 16; // inputs: more are shown as one image

class Network {
  constructor(place, editor) {
    this.place = place;
    this.editor = editor;
  }

  /** Lay the network out anew: after its layers have changed. */
  build(learner, changeWidth) {
    this.links = [];
    this.pictures = [];
    this.side = Math.sqrt(learner.names.length); // of the image that the inputs are
    this.isImage = learner.names.length > MANY;
    const inputs = this.isImage ? [{ name: word("inputs"), image: true }] : learner.names.map((name) => ({ name }));
    const columns = [inputs, ...learner.layers];
    const tallest = Math.max(...columns.map((column) => column.length));
    const height = TOP + tallest * (BOX + NEAREST);
    const width = Math.max(this.place.clientWidth || 600, columns.length * (BOX + 64));
    this.lines = element("canvas", { class: "lines", "aria-hidden": "true" }); // drawn every frame
    const over = svg("svg", { width, height, "aria-hidden": "true" }); // felt by the pointer
    place(this.lines, 0, 0, width, height);
    this.place.replaceChildren(this.lines, over);
    columns.forEach((column, c) => {
      this.arrange(column, c, columns.length, width, height);
      if (c > (this.isImage ? 1 : 0)) this.connect(over, learner, columns[c - 1], column);
      if (c && c < columns.length - 1 && changeWidth) this.buttons(c, column, changeWidth);
    });
    for (const neuron of columns.flat()) this.box(learner, neuron);
  }

  /** Put a column in its place, its neurons evenly around the middle. */
  arrange(column, c, count, width, height) {
    const gap = (width - BOX - 8) / (count - 1);
    const needed = column.length * (BOX + NEAREST) - NEAREST;
    const from = TOP + (height - TOP - needed) / 2 - NEAREST / 2;
    column.forEach((neuron, k) => {
      neuron.left = 4 + c * gap;
      neuron.top = from + k * (BOX + NEAREST);
      neuron.title = c ? `${this.layer(c, count)} · ${k + 1}` : neuron.name;
    });
  }

  layer(c, count) {
    return c === count - 1 ? word("output") : word("layer", { n: c });
  }

  connect(over, learner, before, column) {
    for (const neuron of column)
      neuron.weights.forEach((node, i) => {
        const d = curve(before[i], neuron);
        const hit = svg("path", { class: "hit", d }, svg("title"));
        const name = word("weight", { from: before[i].title, to: neuron.title });
        const place = learner.places.get(node);
        hit.addEventListener("pointerenter", () => (hit.firstChild.textContent = hint(learner, place, name)));
        hit.addEventListener("click", () => this.editor.open(node, name));
        over.append(hit);
        this.links.push({ path: new Path2D(d), place });
      });
  }

  box(learner, neuron) {
    const isImage = neuron.image || (this.isImage && learner.layers[0].includes(neuron));
    const side = isImage ? this.side : GRID;
    const canvas = element("canvas", { width: side, height: side });
    const label = element("span", { class: "value" });
    place(canvas, neuron.left, neuron.top, BOX, BOX);
    place(label, neuron.left - 8, neuron.top + BOX + 2, BOX + 16);
    this.place.append(canvas, label);
    this.pictures.push({ neuron, canvas, label, side, isImage });
    if (neuron.bias === undefined) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", neuron.title);
    } else this.biasButton(neuron);
  }

  biasButton(neuron) {
    const name = word("bias", { name: neuron.title });
    const button = element("button", { type: "button", class: "neuron", title: name, "aria-label": name });
    place(button, neuron.left, neuron.top, BOX + 4, BOX + 4);
    button.addEventListener("click", () => this.editor.open(neuron.bias, name));
    this.place.append(button);
  }

  /** More or fewer neurons in a layer. */
  buttons(c, column, changeWidth) {
    const fewer = element("button", { type: "button", "aria-label": word("fewerNeurons", { n: c }) }, "−");
    const more = element("button", { type: "button", "aria-label": word("moreNeurons", { n: c }) }, "+");
    const part = element("span", { class: "width" }, fewer, String(column.length), more);
    place(part, Math.max(0, column[0].left - 20), 0);
    fewer.addEventListener("click", () => changeWidth(c - 1, -1));
    more.addEventListener("click", () => changeWidth(c - 1, 1));
    this.place.append(part);
  }

  // ---- every frame ---------------------------------------------------------------------------------

  /** `columns`: of each of `nodes` what it says in every square of the plane; `chosen`: a sample. */
  draw(learner, columns, nodes, chosen) {
    this.drawLinks(settings.view === "gradients" ? learner.gradient : learner.trainer.parameters);
    const numbers = chosen && learner.trainer.evaluate([chosen], nodes).columns;
    for (const { neuron, canvas, label, side, isImage } of this.pictures) {
      const k = nodes.indexOf(neuron.out ?? learner.inputs[learner.names.indexOf(neuron.name)]);
      if (neuron.image) this.drawImage(canvas, side, chosen ? chosen.x : []);
      else if (isImage) this.drawImage(canvas, side, neuron.weights.map((node) => learner.trainer.parameters[learner.places.get(node)]));
      else if (columns) this.drawImage(canvas, side, columns[k]);
      else if (numbers) paint(canvas, side, () => signed(Math.tanh(numbers[k][0])));
      const shown = settings.view === "activations" && numbers && k >= 0;
      label.textContent = shown ? number(Number(numbers[k][0].toPrecision(3))) : "";
    }
  }

  drawLinks(numbers) {
    let largest = settings.view === "gradients" ? 1e-12 : 2;
    for (const { place } of this.links) largest = Math.max(largest, Math.abs(numbers[place]));
    const pen = sharpened(this.lines);
    for (const { path, place } of this.links) {
      const share = numbers[place] / largest;
      pen.lineWidth = 0.4 + 6 * Math.abs(share);
      pen.strokeStyle = share >= 0 ? BLUE : ORANGE;
      pen.globalAlpha = 0.25 + 0.65 * Math.min(1, 3 * Math.abs(share));
      pen.stroke(path);
    }
  }

  drawImage(canvas, side, numbers) {
    let most = 1e-9;
    for (const x of numbers) most = Math.max(most, Math.abs(x));
    paint(canvas, side, (square) => signed(numbers[square] / most || 0));
  }
}

const BLUE = rgb(POSITIVE);
const ORANGE = rgb(NEGATIVE);

function curve(from, to) {
  const [x1, y1] = [from.left + BOX, from.top + BOX / 2];
  const [x2, y2] = [to.left, to.top + BOX / 2];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function place(part, left, top, width, height) {
  part.style.left = `${left}px`;
  part.style.top = `${top}px`;
  if (width !== undefined) part.style.width = `${width}px`;
  if (height !== undefined) part.style.height = `${height}px`;
}

function hint(learner, place, name) {
  const grad = number(learner.gradient[place]);
  return `${name} = ${number(learner.trainer.parameters[place])}, ${word("grad", { grad })}`;
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
    const place = learner.places.get(this.node);
    if (place === undefined) return void (this.form.hidden = true);
    if (document.activeElement !== $("edited-number"))
      $("edited-number").value = learner.trainer.parameters[place].toPrecision(6);
    $("edited-grad").textContent = word("grad", { grad: number(learner.gradient[place]) });
  }
}
