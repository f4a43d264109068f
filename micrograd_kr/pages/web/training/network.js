// The network as a picture: layers are columns, each neuron shows what it says over the plane, each
// connection is as wide as its number is large, blue above 0 and orange below.

// All in sixteenths of the page's letters: how large a neuron is, and how far from the next one above it.
const SIZES = [[10, 36, 18], [20, 28, 10], [Infinity, 24, 6]]; // for layers of up to so many neurons
const ROOM = 12; // for a number below a neuron
const TOP = 62; // above the neurons, for what can be changed of the layer
const BETWEEN = 56; // at least, between two columns; less where nothing stands above them
const NARROW = 36;
const MANY = 16; // inputs: more are shown as one image
const IMAGE = 3; // which is so many times as large as a neuron

class Network {
  /** `look`: told the node of a neuron while the pointer is over it, and null afterwards. */
  constructor(place, editor, look) {
    Object.assign(this, { place, editor, look });
    this.small = html("canvas");
    this.tip = html("div", { class: "tip", hidden: "" });
    place.addEventListener("pointerleave", () => this.tell(null));
    place.addEventListener("pointermove", (event) => event.target.closest(".hit, .neuron") ?? this.tell(null));
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
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const [, box, room] = SIZES.find(([most]) => tallest <= most);
    this.hasRoom = room >= ROOM;
    Object.assign(this, { unit, box: unit * box, step: unit * (box + room), top: unit * (changeWidth ? TOP : 4) });
    const height = this.top + tallest * this.step;
    const needed = (columns.length - 1) * (this.box + unit * (changeWidth ? BETWEEN : NARROW)) + this.box + 8;
    const width = Math.max(this.place.clientWidth || 600, needed);
    this.canvas = html("canvas", { "aria-hidden": "true" }); // drawn every frame
    const over = svg("svg", { width, height, "aria-hidden": "true" }); // felt by the pointer
    place(this.canvas, 0, 0, width, height);
    this.tip.hidden = true;
    this.place.replaceChildren(this.canvas, over, this.tip);
    columns.forEach((column, c) => {
      this.arrange(column, c, columns.length, width, height);
      if (c > (this.isImage ? 1 : 0)) this.connect(over, learner, columns[c - 1], column);
      if (c && c < columns.length - 1 && changeWidth) this.buttons(c, column, changeWidth);
    });
    for (const neuron of columns.flat()) this.add(learner, neuron);
  }

  /** Put a column in its place, its neurons evenly around the middle. */
  arrange(column, c, count, width, height) {
    const gap = (width - this.box - 8) / (count - 1);
    const needed = column.length * this.step;
    column.forEach((neuron, k) => {
      neuron.size = this.box * (neuron.image ? IMAGE : 1);
      neuron.left = 4 + c * gap;
      neuron.top = this.top + (height - this.top - needed) / 2 + k * this.step - (neuron.size - this.box) / 2;
      neuron.title = c ? `${this.layer(c, count)} · ${k + 1}` : neuron.name;
    });
  }

  layer(c, count) {
    return c === count - 1 ? word("output") : word("layer", { n: c });
  }

  connect(over, learner, before, column) {
    for (const neuron of column)
      neuron.weights.forEach((node, i) => {
        const d = this.curve(before[i], neuron);
        const hit = svg("path", { class: "hit", d });
        const name = word("weight", { from: before[i].title, to: neuron.title });
        const place = learner.places.get(node);
        hit.addEventListener("pointermove", (event) => this.tell(hint(learner, place, name), event));
        hit.addEventListener("click", () => this.editor.open(node, name));
        over.append(hit);
        this.links.push({ path: new Path2D(d), place });
      });
  }

  curve(from, to) {
    const [x1, y1] = [from.left + this.box, from.top + this.box / 2];
    const [x2, y2] = [to.left, to.top + this.box / 2];
    const bend = (x2 - x1) / 2;
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }

  /** A neuron or an input: a button where there is a bias to change. */
  add(learner, neuron) {
    const isImage = neuron.image || (this.isImage && learner.layers[0].includes(neuron));
    const label = html("span", { class: "value" });
    place(label, neuron.left + neuron.size / 2, neuron.top + neuron.size + 2);
    const isNeuron = neuron.bias !== undefined;
    const name = isNeuron ? word("bias", { name: neuron.title }) : neuron.title;
    const over = isNeuron
      ? html("button", { type: "button", class: "neuron", "aria-label": name })
      : html("span", { role: "img", class: "neuron", "aria-label": name });
    place(over, neuron.left, neuron.top, neuron.size, neuron.size);
    over.addEventListener("pointermove", (event) => {
      const hinted = isNeuron ? hint(learner, learner.places.get(neuron.bias), name) : name;
      const said = neuron.said === undefined ? "" : ` · ${word("says", { x: number(neuron.said) })}`;
      this.tell(hinted + said, event, this.nodeOf(learner, neuron));
    });
    if (isNeuron) over.addEventListener("click", () => this.editor.open(neuron.bias, name));
    this.place.append(label, over);
    this.pictures.push({ neuron, label, isImage });
  }

  nodeOf(learner, neuron) {
    return neuron.out ?? learner.inputs[learner.names.indexOf(neuron.name)];
  }

  /** Say it where the pointer is. */
  tell(text, event, node = null) {
    this.tip.hidden = text === null;
    this.look(node);
    if (text === null) return;
    const box = this.place.getBoundingClientRect();
    this.tip.textContent = text;
    place(this.tip, event.clientX - box.left + this.place.scrollLeft + 14, event.clientY - box.top + 14);
  }

  /** More or fewer neurons in a layer, and another activation. */
  buttons(c, column, changeWidth) {
    const fewer = html("button", { type: "button", id: `fewer-${c}`, "aria-label": word("fewerNeurons", { n: c }) }, "−");
    const more = html("button", { type: "button", id: `more-${c}`, "aria-label": word("moreNeurons", { n: c }) }, "+");
    const part = html("span", { class: "width" }, fewer, String(column.length), more, activationOf(c - 1));
    place(part, column[0].left + this.box / 2, 0);
    fewer.addEventListener("click", () => changeWidth(c - 1, -1));
    more.addEventListener("click", () => changeWidth(c - 1, 1));
    this.place.append(part);
  }

  // ---- every frame ---------------------------------------------------------------------------------

  /** `columns`: of each of `nodes` what it says everywhere in the plane, which is `shape` squares; `chosen`: a sample. */
  draw(learner, columns, shape, nodes, chosen) {
    const pen = sharpened(this.canvas);
    this.drawLinks(pen, settings.view === "gradients" ? learner.gradient : learner.trainer.parameters);
    const numbers = chosen && learner.trainer.evaluate([chosen], nodes).columns;
    const image = [this.side, this.side];
    for (const { neuron, label, isImage } of this.pictures) {
      const k = nodes.indexOf(this.nodeOf(learner, neuron));
      if (neuron.image) this.drawImage(pen, neuron, image, chosen ? chosen.x : []);
      else if (isImage) this.drawImage(pen, neuron, image, weightsOf(learner, neuron));
      else if (columns) this.drawImage(pen, neuron, shape, columns[k]);
      else this.drawImage(pen, neuron, [1, 1], numbers ? [Math.tanh(numbers[k][0])] : []);
      neuron.said = numbers && k >= 0 ? numbers[k][0] : undefined;
      const isTold = settings.view === "activations" && this.hasRoom && neuron.said !== undefined;
      label.textContent = isTold ? number(Number(neuron.said.toPrecision(3))) : "";
    }
  }

  drawLinks(pen, numbers) {
    let largest = settings.view === "gradients" ? 1e-12 : 2;
    for (const { place } of this.links) largest = Math.max(largest, Math.abs(numbers[place]));
    for (const { path, place } of this.links) {
      const share = numbers[place] / largest;
      pen.lineWidth = this.unit * (0.4 + 6 * Math.abs(share));
      pen.strokeStyle = share >= 0 ? BLUE : ORANGE;
      pen.globalAlpha = 0.25 + 0.65 * Math.min(1, 3 * Math.abs(share));
      pen.stroke(path);
    }
    pen.globalAlpha = 1;
  }

  /** What a neuron says, from orange over 0 to blue, in a frame; along a line it is a curve too. */
  drawImage(pen, { left, top, size }, [width, height], numbers) {
    let most = width > 1 ? 1e-9 : 1;
    for (const x of numbers) most = Math.max(most, Math.abs(x));
    paint(this.small, width, height, (square) => signed(numbers[square] / most || 0));
    pen.imageSmoothingEnabled = height === GRID;
    pen.drawImage(this.small, left, top, size, size);
    pen.lineWidth = 2;
    pen.strokeStyle = frameColour;
    pen.strokeRect(left, top, size, size);
    if (height > 1 || width === 1) return;
    pen.strokeStyle = dark ? "#fff" : "#000";
    pen.beginPath();
    numbers.forEach((x, k) => {
      const across = left + (k / (width - 1)) * size;
      pen.lineTo(across, top + size * (0.5 - (0.42 * x) / most));
    });
    pen.stroke();
  }
}

const weightsOf = (learner, { weights }) => weights.map((node) => learner.trainer.parameters[learner.places.get(node)]);

const BLUE = rgb(POSITIVE);
const ORANGE = rgb(NEGATIVE);

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
