// Recording a network: the same graph, node for node, that Python records for one sample.

class Recorder {
  constructor() {
    this.ops = [];
    this.operands = [];
    this.values = [];
    this.constants = []; // an operand below 0 is a plain number: -1 the first, -2 the second, ...
  }

  leaf(value = 0) {
    return this.node(null, [], value);
  }

  node(op, operands, value = 0) {
    this.ops.push(op);
    this.operands.push(operands);
    return this.values.push(value) - 1;
  }

  constant(x) {
    return -this.constants.push(x);
  }

  /** What `Graph` takes: plain numbers are counted on behind the nodes. */
  data() {
    const number = (operand) => (operand < 0 ? this.ops.length - 1 - operand : operand);
    return {
      ops: this.ops,
      operands: this.operands.map((of) => of.map(number)),
      values: this.values,
      constants: this.constants,
    };
  }

  /** Record a piece that Python recorded, such as a loss: its leaves `from` are the nodes `to` here. */
  piece({ ops, operands, values, constants }, from, to) {
    const here = new Map(from.map((leaf, i) => [leaf, to[i]]));
    const place = (operand) => here.get(operand) ?? this.constant(constants[operand - ops.length]);
    ops.forEach((op, node) => {
      if (!here.has(node)) here.set(node, this.node(op, operands[node].map(place), values[node]));
    });
    return here;
  }
}

/** The curves with a second operand have it as a plain number: LeakyReLU's 0.01. */
function activated(recorder, name, z, defaults) {
  if (name === null) return z;
  const setting = defaults[name] ?? null;
  return recorder.node(name, setting === null ? [z] : [z, recorder.constant(setting)]);
}

/**
 * Record a multi-layer perceptron over the nodes `inputs`: `widths` and `activations` by layer.
 * Gives the nodes of its neurons by layer, and its parameters, of each neuron the weights and then the bias.
 */
function multilayer(recorder, inputs, widths, activations, defaults) {
  const parameters = [];
  const layers = [];
  let x = inputs;
  widths.forEach((width, l) => {
    const neurons = [];
    for (let k = 0; k < width; k++) {
      const weights = x.map(() => recorder.leaf());
      const bias = recorder.leaf();
      const sum = recorder.node("linear", [...weights, ...x, bias]);
      const out = activated(recorder, activations[l], sum, defaults);
      neurons.push({ weights, bias, sum, out });
      parameters.push(...weights, bias);
    }
    layers.push(neurons);
    x = neurons.map((neuron) => neuron.out);
  });
  return { layers, parameters, outputs: x };
}

/** The first weights, as `micrograd_kr.nn` draws them; a bias is 0. */
const INITIAL = {
  he: (rng, fanIn) => rng.gauss(0, (2 / fanIn) ** 0.5),
  xavier: (rng, fanIn, fanOut) => {
    const bound = (6 / (fanIn + fanOut)) ** 0.5;
    return rng.uniform(-bound, bound);
  },
  uniform: (rng) => rng.uniform(-1, 1),
  zeros: () => 0,
};

function initial(layers, init, seed) {
  const rng = new Random(seed);
  const numbers = [];
  for (const neurons of layers)
    for (const { weights } of neurons) {
      for (const _ of weights) numbers.push(INITIAL[init](rng, weights.length, neurons.length));
      numbers.push(0);
    }
  return numbers;
}
