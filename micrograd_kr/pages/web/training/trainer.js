// Training: the graph of one sample is computed for each sample of a batch, forwards and backwards.

class Trainer {
  /**
   * `data`: the graph of one sample, as `Graph` takes it; `inputs`, `targets`, `outputs`, `loss` and
   * `parameters` are nodes of it; `weights` says which parameters are penalised.
   * Samples are `{ x, y }` with lists of numbers.
   */
  constructor({ data, inputs, targets, outputs, loss, parameters, weights }) {
    Object.assign(this, { inputs, targets, outputs, loss, nodes: parameters, weights });
    this.batch = new Batch(data, AT_ONCE);
    this.parameters = Float64Array.from(parameters, (node) => data.values[node]);
    this.gradient = new Float64Array(parameters.length);
    this.settings = { lr: 0.03, l1: 0, l2: 0, batch: null, seed: 0 };
    this.use("Adam");
  }

  /** `hyper`: what the optimizer is made with, where that is not the usual. */
  use(optimizer, hyper = {}) {
    this.optimizer = OPTIMIZERS[optimizer](this.parameters.length, hyper);
  }

  set(numbers) {
    this.parameters.set(numbers);
    this.place();
  }

  /** Put the parameters into the graph. */
  place() {
    this.nodes.forEach((node, i) => this.batch.fill(node, this.parameters[i]));
  }

  /** Compute the graph for up to `AT_ONCE` samples; what is behind them is the last one again. */
  forward(samples) {
    const { batch, inputs, targets } = this;
    for (let s = 0; s < batch.size; s++) {
      const { x, y } = samples[Math.min(s, samples.length - 1)];
      for (let i = 0; i < inputs.length; i++) batch.values[inputs[i] * batch.size + s] = x[i];
      for (let i = 0; i < targets.length; i++) batch.values[targets[i] * batch.size + s] = y[i];
    }
    try {
      batch.forward();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Diverged(error.message === "large" ? "diverged" : "outside");
    }
  }

  /** The loss of all these samples together. */
  losses(count) {
    const { values, size } = this.batch;
    let total = 0;
    for (let s = 0; s < count; s++) total += values[this.loss * size + s];
    return total;
  }

  /** The mean loss of a batch, and its gradient in `this.gradient`. */
  measure(samples) {
    const { batch, gradient, nodes } = this;
    gradient.fill(0);
    let total = 0;
    for (const part of parts(samples)) {
      this.forward(part);
      total += this.losses(part.length);
      batch.backward(this.loss, part.length);
      for (let i = 0; i < nodes.length; i++) gradient[i] += batch.total(nodes[i]);
    }
    for (let i = 0; i < nodes.length; i++) gradient[i] /= samples.length;
    return total / samples.length + this.penalise();
  }

  /** Add the penalty l1 Σ|w| + l2 Σw² to the gradient, and give its value. */
  penalise() {
    const { l1, l2 } = this.settings;
    if (l1 === 0 && l2 === 0) return 0;
    let penalty = 0;
    this.parameters.forEach((w, i) => {
      if (!this.weights[i]) return;
      penalty += l1 * Math.abs(w) + l2 * w * w;
      this.gradient[i] += l1 * Math.sign(w) + 2 * l2 * w;
    });
    return penalty;
  }

  /** One step of the optimizer; the loss before it. Without a finite loss or step, nothing changes. */
  step(batch) {
    const loss = this.measure(batch);
    const before = this.parameters.slice();
    if (Number.isFinite(loss)) this.optimizer.step(this.parameters, this.gradient, this.settings.lr);
    if (!Number.isFinite(loss) || !this.parameters.every(Number.isFinite)) {
      this.set(before);
      throw new Diverged();
    }
    this.place();
    return loss;
  }

  /** Every sample once, in batches shuffled anew each epoch as Python's `fit` does; the mean loss. */
  epoch(samples) {
    const size = this.settings.batch ?? samples.length;
    if (this.order?.length !== samples.length) this.shuffleFromTheStart(samples.length);
    if (size < samples.length) this.rng.shuffle(this.order);
    let total = 0;
    for (let start = 0; start < samples.length; start += size) {
      const batch = this.order.slice(start, start + size).map((i) => samples[i]);
      total += this.step(batch) * batch.length;
    }
    return total / samples.length;
  }

  shuffleFromTheStart(count) {
    this.order = Array.from({ length: count }, (_, i) => i);
    this.rng = new Random(this.settings.seed);
  }

  /** The mean loss over samples, without a penalty, and of each of `nodes` its number for every sample. */
  evaluate(samples, nodes = this.outputs) {
    const { values, size } = this.batch;
    const columns = nodes.map(() => new Float64Array(samples.length));
    let total = 0;
    let done = 0;
    for (const part of parts(samples)) {
      this.forward(part);
      total += this.losses(part.length);
      nodes.forEach((node, k) => columns[k].set(values.subarray(node * size, node * size + part.length), done));
      done += part.length;
    }
    return { loss: total / samples.length, columns };
  }
}

const AT_ONCE = 64; // samples: more do not fit the processor's cache, fewer are slower

function* parts(samples) {
  for (let start = 0; start < samples.length; start += AT_ONCE) yield samples.slice(start, start + AT_ONCE);
}

/** Thrown when the loss or a parameter has left the numbers; or `outside` what a logarithm or a root takes. */
class Diverged extends Error {
  constructor(why = "diverged") {
    super(why);
  }
}
