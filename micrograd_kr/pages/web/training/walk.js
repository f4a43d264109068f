// One sample through the network, node by node: forwards with its numbers, backwards by the chain rule.

class Walk {
  constructor(learner, sample) {
    this.graph = new Graph(learner.data);
    learner.parameters.forEach((node, i) => (this.graph.values[node] = learner.trainer.parameters[i]));
    learner.inputs.forEach((node, i) => (this.graph.values[node] = sample.x[i]));
    learner.targets.forEach((node, i) => (this.graph.values[node] = sample.y[i]));
    this.graph.forward();
    this.graph.backward(learner.loss);
    this.names = namesOf(learner);
    this.loss = learner.loss;
    this.turns = this.graph.inner.filter((node) => node <= learner.loss);
    this.at = 0;
  }

  get count() {
    return 2 * this.turns.length;
  }

  name(operand) {
    return this.names.get(operand) ?? (operand < this.graph.count ? `v${operand}` : number(this.graph.values[operand]));
  }

  operands(node) {
    const { first, operands } = this.graph;
    return [...operands.subarray(first[node], first[node + 1])];
  }

  /** The lines of the present step, the first of which says where it stands. */
  lines() {
    const n = this.turns.length;
    if (this.at < n) {
      const node = this.turns[this.at];
      return [word("forwardStep", { k: this.at + 1, n }), this.forwards(node)];
    }
    const node = this.turns[2 * n - 1 - this.at];
    const head = word("backwardStep", { k: this.at - n + 1, n });
    const seed = node === this.loss ? [word("seedStep", { root: this.name(node) })] : [];
    return [head, ...seed, ...this.backwards(node)];
  }

  /** `z = w·x + b = [0.5, -1] · [1, 2] + 0 = -1.5` */
  forwards(node) {
    const row = this.graph.rows[node];
    const lists = row.names.filter((name) => name.startsWith("*")).length;
    const operands = this.operands(node);
    const length = lists && (operands.length - (row.names.length - lists)) / lists;
    const told = (show) => row.names.map((name, k) => {
      if (!name.startsWith("*")) return show(operands[k < lists ? k : lists * length + k - lists]);
      return `[${operands.slice(k * length, (k + 1) * length).map(show).join(", ")}]`;
    });
    const numbers = told((operand) => number(this.graph.values[operand]));
    const call = (shown) => `${row.symbol}(${shown.join(", ")})`;
    return `${this.name(node)} = ${call(told((operand) => this.name(operand)))} = ${call(numbers)} = ${number(this.graph.values[node])}`;
  }

  /** One line an edge: what the node adds to the grad of each of its operands. */
  backwards(node) {
    const { first, partials, adjoints, count } = this.graph;
    const adjoint = adjoints[node];
    return this.operands(node).flatMap((operand, i) => {
      if (operand >= count) return [];
      const partial = partials[first[node] + i];
      const [y, x] = [this.name(node), this.name(operand)];
      return [`${x}.grad += ${y}.grad × ∂${y}/∂${x} = ${number(adjoint)} × ${number(partial)} = ${number(adjoint * partial)}`];
    });
  }
}

/** As Python labels them, `layer0.neuron1.w0`; what a neuron says is `z` before its activation and `h` after. */
function namesOf(learner) {
  const names = new Map(Object.entries(learner.labels ?? {}).map(([node, label]) => [Number(node), label]));
  learner.inputs.forEach((node, i) => names.set(node, learner.names?.[i] ?? `x${i}`));
  learner.targets.forEach((node, i) => names.set(node, learner.targets.length > 1 ? `t${i}` : "t"));
  names.set(learner.loss, "L");
  (learner.layers ?? []).forEach((neurons, l) => neurons.forEach((neuron, k) => {
    neuron.weights.forEach((node, i) => names.set(node, `layer${l}.neuron${k}.w${i}`));
    names.set(neuron.bias, `layer${l}.neuron${k}.b`);
    names.set(neuron.out, `h${l}_${k}`);
    names.set(neuron.sum, neuron.sum === neuron.out ? `o${k}` : `z${l}_${k}`);
  }));
  return names;
}
