// A network that cannot learn, or not any more, is told so, with what to do about it.

const BOUNDED = { tanh: [-1, 1], sigmoid: [0, 1], erf: [-1, 1] }; // where they are saturated

/** The size of the gradient of each layer: the root of the mean square. */
function norms(learner) {
  return learner.layers.map((neurons) => {
    const weights = neurons.flatMap((neuron) => neuron.weights);
    const squares = weights.map((node) => learner.gradient[learner.places.get(node)] ** 2);
    return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
  });
}

/** What is wrong, as words and their values. */
function complaints(learner) {
  if (learner.diverged) return [[learner.diverged, {}]];
  if (!learner.layers || learner.classes === undefined) return [];
  const found = [];
  const columns = columnsOf(learner);
  columns.forEach((outputs, l) => {
    if (isDead(learner.activations[l], outputs)) found.push(["dead", { n: l + 1 }]);
    else if (isSaturated(learner.activations[l], outputs)) found.push(["saturated", { n: l + 1 }]);
  });
  if (!given.model && settings.init === "zeros") found.push(["symmetric", {}]);
  const sizes = norms(learner);
  const ratio = sizes[0] / sizes.at(-1);
  if (sizes.length > 2 && sizes.at(-1) > 0 && ratio < 1e-3) found.push(["vanishing", { ratio: number(ratio) }]);
  if (sizes.length > 2 && ratio > 1e3) found.push(["exploding", { ratio: number(ratio) }]);
  return found;
}

/** By layer, what its neurons say of each training sample. */
function columnsOf(learner) {
  let from = learner.outputs.length;
  return learner.layers.map((neurons) => {
    const start = from;
    from += neurons.length;
    return neurons.map((_, k) => learner.seen.columns[start + k]);
  });
}

const isDead = (activation, outputs) => activation === "relu" && outputs.every((column) => column.every((x) => x <= 0));

function isSaturated(activation, outputs) {
  if (!(activation in BOUNDED)) return false;
  const [least, most] = BOUNDED[activation];
  const room = 0.005 * (most - least);
  return outputs.every((column) => column.every((x) => x < least + room || x > most - room));
}
