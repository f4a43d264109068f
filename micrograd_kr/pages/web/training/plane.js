// The plane of the two inputs: what the network says everywhere, and the points it learns from.

const GRID = 40; // squares a side, for the plane and for every neuron's own picture

class Plane {
  constructor(canvas) {
    this.canvas = canvas;
    this.chosen = null; // a sample
    this.cursor = [0, 0]; // for the keyboard
    this.small = html("canvas");
  }

  /** Where a sample is shown, and the sample that is meant by a spot. */
  spotOf(sample) {
    return sample.at;
  }

  sampleAt(spot, label) {
    return { x: spot, y: label };
  }

  /** The part of the plane that is shown: all points, and some room. */
  frame(samples) {
    const bounds = [0, 1].map((axis) => this.reach(samples.map((sample) => this.spotOf(sample)[axis])));
    const size = Math.max(...bounds.map(([from, to]) => to - from)); // the same scale both ways
    this.bounds = bounds.map(([from, to]) => [(from + to - size) / 2, (from + to + size) / 2]);
  }

  reach(numbers) {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    const room = 0.12 * (most - least || 1);
    return [least - room, most + room];
  }

  /** The middle of every square, as samples the network can be given. */
  grid(learner) {
    const samples = [];
    for (let row = 0; row < GRID; row++)
      for (let column = 0; column < GRID; column++)
        samples.push(learner.prepared({ x: this.spot((column + 0.5) / GRID, 1 - (row + 0.5) / GRID), y: 0 }));
    return samples;
  }

  /** How many squares wide and high its grid is. */
  get shape() {
    return [GRID, GRID];
  }

  /** From shares of the picture to the plane. */
  spot(across, up) {
    return [across, up].map((share, axis) => {
      const [from, to] = this.bounds[axis];
      return from + share * (to - from);
    });
  }

  pixel([x1, x2]) {
    const [[left, right], [bottom, top]] = this.bounds;
    const { width, height } = this.canvas;
    return [((x1 - left) / (right - left)) * width, (1 - (x2 - bottom) / (top - bottom)) * height];
  }

  /** Where in the plane the pointer is. */
  under(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.spot((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
  }

  /** The sample nearest to a spot, within 12 pixels. */
  near(spot, samples) {
    const [x, y] = this.pixel(spot);
    let best = null;
    let least = (12 * this.canvas.width) / (this.canvas.clientWidth || this.canvas.width);
    for (const sample of samples) {
      const [a, b] = this.pixel(this.spotOf(sample));
      const distance = Math.hypot(a - x, b - y);
      if (distance < least) [best, least] = [sample, distance];
    }
    return best;
  }

  // ---- drawing -------------------------------------------------------------------------------------

  /**
   * `columns`: of each output what it is in every square, then of other nodes; one of them, `looked`, is
   * shown in place of the outputs.
   */
  draw(learner, columns, looked = -1) {
    const pen = this.canvas.getContext("2d");
    this.drawBehind(pen, learner, columns, looked);
    if (settings.showTest) for (const sample of learner.test) this.dot(pen, learner, sample, true);
    for (const sample of learner.train) this.dot(pen, learner, sample, false);
    if (document.activeElement === this.canvas) this.cross(pen);
  }

  drawBehind(pen, learner, columns, looked) {
    const outputs = new Array(learner.outputs.length);
    const most = looked < 0 ? 1 : Math.max(1e-9, ...columns[looked].map(Math.abs));
    paint(this.small, GRID, GRID, (square) => {
      if (looked >= 0) return signed(columns[looked][square] / most);
      for (let c = 0; c < outputs.length; c++) outputs[c] = columns[c][square];
      return colour(learner, outputs);
    });
    pen.imageSmoothingEnabled = !settings.hard;
    pen.drawImage(this.small, 0, 0, this.canvas.width, this.canvas.height);
  }

  dot(pen, learner, sample, isTest) {
    const [x, y] = this.pixel(this.spotOf(sample));
    const size = sample === this.chosen ? 8 : 5;
    pen.beginPath();
    if (isTest) pen.rect(x - size + 1, y - size + 1, 2 * size - 2, 2 * size - 2);
    else pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fillStyle = rgb(dotColour(learner, sample.label));
    pen.fill();
    pen.lineWidth = sample === this.chosen ? 3 : 1.5;
    pen.strokeStyle = sample === this.chosen ? (dark ? "#fff" : "#000") : rgb(paper);
    pen.stroke();
  }

  cross(pen) {
    const [x, y] = this.pixel(this.cursor);
    pen.strokeStyle = dark ? "#fff" : "#000";
    pen.lineWidth = 1;
    pen.beginPath();
    for (const [a, b, c, d] of [[x - 9, y, x + 9, y], [x, y - 9, x, y + 9]]) {
      pen.moveTo(a, b);
      pen.lineTo(c, d);
    }
    pen.stroke();
  }
}

/** Stronger than what lies behind it, so that it is seen there. */
function dotColour(learner, label) {
  const own = learner.classes ? CLASS_COLOURS[label] : signed([label].flat()[0] / learner.scale);
  return dark ? mix(own, [255, 255, 255], 0.35) : mix(own, [0, 0, 0], 0.25);
}

/** Fill a small canvas, of so many squares. */
function paint(canvas, width, height, colourOf) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  const pixels = image.data;
  for (let square = 0; square < width * height; square++) {
    const colour = colourOf(square);
    for (let i = 0; i < 3; i++) pixels[4 * square + i] = colour[i];
    pixels[4 * square + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

/** What the network says of a spot: the colour of its class, as strong as it is sure. */
function colour(learner, outputs) {
  if (outputs.some(Number.isNaN)) return paper;
  if (learner.outputs.length === 1 || learner.classes === 0) return signed(0.7 * sureness(learner, outputs[0]));
  const shares = softmax(outputs);
  const best = shares.indexOf(Math.max(...shares));
  if (settings.hard) return mix(paper, CLASS_COLOURS[best], 0.6);
  const mixed = [0, 0, 0];
  shares.forEach((share, c) => CLASS_COLOURS[c].forEach((x, i) => (mixed[i] += share * x)));
  return mix(paper, mixed, 0.6);
}

/** From -1 for the first class to 1 for the second; of a prediction, its share of the largest target. */
function sureness(learner, output) {
  if (learner.classes === 0) return output / learner.scale;
  if (settings.hard) return output > 0 ? 0.7 : -0.7;
  if (settings.loss === "binary_cross_entropy") return Math.tanh(output / 2); // 2 σ(z) - 1
  return Math.max(-1, Math.min(1, output));
}

function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((z) => Math.exp(z - top));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}
