// What learns: the samples, the network made for them, and what has happened so far.

class Learner {
  constructor() {
    this.take(sources()[settings.data]);
    this.build();
    this.restart();
    if (given.model?.replay) this.goTo(Math.max(...this.kept.keys()));
  }

  // ---- the samples ---------------------------------------------------------------------------------

  take(source) {
    this.classes = source.classes;
    const samples = source.make(settings.n, settings.noise, new Random(settings.seed));
    const parts = given.data ? given.data : split(samples, settings.test, settings.seed);
    this.train = parts.train.map((sample) => this.prepared(sample));
    this.test = parts.test.map((sample) => this.prepared(sample));
    const targets = this.train.map(({ label }) => Math.abs([label].flat()[0]));
    this.scale = Math.max(...targets) || 1; // of the colours of a regression
  }

  /** `at` and `label` are what the learner sees, `x` and `y` what the graph is given. */
  prepared({ x, y }) {
    const sample = { at: x, label: y };
    sample.x = given.model ? x : settings.features.map((name) => FEATURES[name](...x));
    sample.y = given.model ? given.model.encoded[y] ?? [y].flat() : this.target(y);
    return sample;
  }

  target(y) {
    if (this.classes === 0) return [y];
    if (settings.loss === "cross_entropy") return Array.from({ length: this.classes }, (_, c) => Number(c === y));
    return [settings.loss === "binary_cross_entropy" ? y : 2 * y - 1];
  }

  get width() {
    return settings.loss === "cross_entropy" ? this.classes : 1;
  }

  // ---- the network ---------------------------------------------------------------------------------

  build() {
    const made = given.model ? this.recorded(given.model) : this.recordedHere();
    Object.assign(this, made);
    this.places = new Map(this.parameters.map((node, i) => [node, i])); // of the parameters in a list of them
    this.trainer = new Trainer(made);
  }

  /** A network with the layers of the settings, and the loss that Python recorded behind it. */
  recordedHere() {
    const recorder = new Recorder();
    const inputs = settings.features.map(() => recorder.leaf());
    const widths = [...settings.layers, this.width];
    const { layers, parameters, outputs } =
      multilayer(recorder, inputs, widths, [...settings.activations, null], given.activations);
    const piece = given.pieces[settings.loss][this.width];
    const targets = piece.targets.map(() => recorder.leaf());
    const here = recorder.piece(piece, [...piece.outputs, ...piece.targets], [...outputs, ...targets]);
    const biases = new Set(layers.flat().map((neuron) => neuron.bias));
    return {
      data: recorder.data(), inputs, targets, outputs, parameters, layers,
      loss: here.get(piece.result),
      weights: parameters.map((node) => !biases.has(node)),
      names: settings.features,
      activations: [...settings.activations, null],
    };
  }

  /** A model of the learner's own, as Python recorded it. */
  recorded(model) {
    const first = model.parameters.map((node) => model.graph.values[node]);
    return { ...model, first, data: model.graph, loss: model.result, weights: model.parameters.map(() => true) };
  }

  /** The first parameters again, and nothing learned. */
  restart() {
    this.trainer.use(given.model?.optimizer ?? settings.optimizer, given.model?.hyper);
    this.trainer.set(given.model ? this.first : initial(this.layers, settings.init, settings.seed));
    this.trainer.order = null;
    this.epochs = 0;
    this.within = 0; // of this epoch, so many samples are done
    this.diverged = false; // or why it cannot go on
    this.gradient = new Float64Array(this.parameters.length);
    this.curve = [];
    this.kept = new Map(); // epoch -> parameters and the memory of the optimizer
    this.apply();
    this.takeRun(given.model?.replay);
    this.measure();
  }

  /** What happened in a run of Python's: its losses, and moments to go to. */
  takeRun(run) {
    if (!run) return;
    this.curve = run.curve.map((point) => ({ ...point, test: point.test ?? undefined }));
    const memory = this.trainer.optimizer.memory.map((numbers) => new Float64Array(numbers.length));
    for (const { epoch, numbers } of run.moments)
      this.kept.set(epoch, { parameters: unpacked(numbers), memory, steps: 0 });
  }

  /** Settings that take hold while it learns. */
  apply() {
    const { lr, l1, l2, batch, seed } = settings;
    Object.assign(this.trainer.settings, { lr, l1, l2, batch: batch || null, seed });
  }

  // ---- learning ------------------------------------------------------------------------------------

  epoch() {
    this.guarded(() => {
      this.trainer.epoch(this.train);
      this.epochs += 1;
      this.within = 0;
    });
  }

  /** One batch, in the order of the samples. */
  step() {
    this.guarded(() => {
      const size = this.trainer.settings.batch ?? this.train.length;
      this.trainer.step(this.train.slice(this.within, this.within + size));
      this.within += size;
      if (this.within >= this.train.length) {
        this.epochs += 1;
        this.within = 0;
      }
    });
  }

  guarded(work) {
    if (this.diverged) return;
    this.forget();
    try {
      work();
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      this.diverged = error.message;
    }
  }

  /** How good it is now, one point more of the curves, and a moment to come back to. */
  measure() {
    const nodes = this.layers ? this.layers.flat().map((neuron) => neuron.out) : [];
    const all = [...this.outputs, ...nodes];
    try {
      this.seen = this.trainer.evaluate(this.train, all);
      this.unseen = this.test.length ? this.trainer.evaluate(this.test, this.outputs) : null;
      this.trainer.measure(this.train);
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      this.diverged = error.message;
      return;
    }
    this.gradient = this.trainer.gradient.slice();
    const point = {
      epoch: this.epochs, train: this.seen.loss, test: this.unseen?.loss,
      accuracy: this.accuracy(this.train, this.seen), testAccuracy: this.accuracy(this.test, this.unseen),
    };
    const again = this.curve.findLastIndex(({ epoch }) => epoch === this.epochs);
    if (again < 0) this.curve.push(point);
    else this.curve[again] = point;
    this.keep();
  }

  get now() {
    return this.curve.findLast(({ epoch }) => epoch === this.epochs) ?? {};
  }

  accuracy(samples, found) {
    if (this.classes === 0 || !samples.length || !found) return undefined;
    const right = samples.filter((sample, i) => this.predicted(found, i) === sample.label);
    return right.length / samples.length;
  }

  /** The class of the i-th sample. */
  predicted({ columns }, i) {
    if (this.outputs.length === 1) return Number(columns[0][i] > 0);
    let best = 0;
    for (let c = 1; c < this.outputs.length; c++) if (columns[c][i] > columns[best][i]) best = c;
    return best;
  }

  // ---- moments -------------------------------------------------------------------------------------

  keep() {
    const { parameters, optimizer } = this.trainer;
    const memory = optimizer.memory.map((numbers) => numbers.slice());
    this.kept.set(this.epochs, { parameters: parameters.slice(), memory, steps: optimizer.steps });
    if (this.kept.size > 240) [...this.kept.keys()].forEach((epoch, i) => i % 2 && this.kept.delete(epoch));
  }

  /** To another epoch: what came after it is forgotten when training goes on. */
  goTo(epoch) {
    const moment = this.kept.get(epoch);
    const { trainer } = this;
    trainer.set(moment.parameters);
    moment.memory.forEach((numbers, i) => trainer.optimizer.memory[i].set(numbers));
    trainer.optimizer.steps = moment.steps;
    this.epochs = epoch;
    this.within = 0;
    this.diverged = false;
    this.measure();
  }

  forget() {
    if (!(this.curve.at(-1)?.epoch > this.epochs)) return;
    this.curve = this.curve.filter(({ epoch }) => epoch <= this.epochs);
    for (const epoch of this.kept.keys()) if (epoch > this.epochs) this.kept.delete(epoch);
  }
}

/** Python's float64 numbers, written as base64. */
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}
