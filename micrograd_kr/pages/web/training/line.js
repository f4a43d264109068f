// One input: no plane, but what the network says along a line, as a curve among the points.

const STEPS = 80; // of the curve

class Line extends Plane {
  /** Over its input stands a sample's target: of two classes 0 or 1, as the probability of the second. */
  spotOf(sample) {
    const height = learner.classes > 2 ? 0 : [sample.label].flat()[0];
    return [sample.at[0], height];
  }

  sampleAt([x, height], label) {
    return { x: [x], y: learner.classes ? label : height };
  }

  frame(samples) {
    this.bounds = [0, 1].map((axis) => this.reach(samples.map((sample) => this.spotOf(sample)[axis])));
    if (learner.classes) this.bounds[1] = this.reach([0, 1]);
  }

  grid(learner) {
    const place = (k) => this.spot(k / (STEPS - 1), 0)[0];
    return Array.from({ length: STEPS }, (_, k) => learner.prepared({ x: [place(k)], y: 0 }));
  }

  get shape() {
    return [STEPS, 1];
  }

  drawBehind(pen, learner, columns, looked) {
    const { width, height } = this.canvas;
    pen.fillStyle = rgb(paper);
    pen.fillRect(0, 0, width, height);
    pen.strokeStyle = frameColour;
    pen.lineWidth = 1;
    this.drawCurve(pen, () => 0);
    pen.lineWidth = 3;
    curvesOf(learner, columns).forEach((heights, c, all) => {
      pen.strokeStyle = all.length > 1 && learner.classes ? rgb(CLASS_COLOURS[c]) : getComputedStyle(this.canvas).color;
      this.drawCurve(pen, (k) => heights[k]);
    });
    if (looked < 0) return;
    pen.lineWidth = 2;
    pen.setLineDash([6, 4]);
    pen.strokeStyle = BLUE;
    this.drawCurve(pen, (k) => columns[looked][k]);
    pen.setLineDash([]);
  }

  drawCurve(pen, heightAt) {
    pen.beginPath();
    for (let k = 0; k < STEPS; k++) pen.lineTo(...this.pixel([this.spot(k / (STEPS - 1), 0)[0], heightAt(k)]));
    pen.stroke();
  }
}

/** Each output along the line; of classes their probabilities. */
function curvesOf(learner, columns) {
  const outputs = columns.slice(0, learner.outputs.length).map((column) => [...column]);
  if (learner.classes === 0) return outputs;
  if (outputs.length === 1) return [outputs[0].map((z) => (1 + sureness(learner, z)) / 2)];
  const shares = outputs[0].map((_, k) => softmax(outputs.map((column) => column[k])));
  return outputs.map((_, c) => shares.map((share) => share[c]));
}
