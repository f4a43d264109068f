// A graph computed for many samples at once: each node has `size` numbers, one a sample.

class Batch {
  /** `data` as `Graph` takes it. */
  constructor({ ops, operands, values, constants }, size) {
    this.size = size;
    Object.assign(this, laidOut(ops, operands));
    this.loops = ops.map((name) => (name === null ? null : LOOPS[name]));
    this.lengths = ops.map((name, node) => listLength(name, operands[node].length));
    const numbers = [...values, ...constants];
    this.values = new Float64Array(numbers.length * size);
    this.adjoints = new Float64Array(this.count * size);
    this.scratch = [new Float64Array(size), new Float64Array(size)];
    numbers.forEach((x, node) => this.fill(node, x));
  }

  /** One number for every sample. */
  fill(node, x) {
    this.values.fill(x, node * this.size, (node + 1) * this.size);
  }

  forward() {
    for (const node of this.inner) this.loops[node].forward(this, node, this.first[node], this.lengths[node]);
  }

  /** The adjoints of the node `root`, for the first `used` samples; the others are padding. */
  backward(root, used) {
    this.adjoints.fill(0);
    this.adjoints.fill(1, root * this.size, root * this.size + used);
    for (let turn = this.inner.length - 1; turn >= 0; turn--) {
      const node = this.inner[turn];
      if (node <= root) this.loops[node].backward(this, node, this.first[node], this.lengths[node]);
    }
  }

  /** The adjoint of a node that is the same for all samples. */
  total(node) {
    let sum = 0;
    for (let s = node * this.size; s < (node + 1) * this.size; s++) sum += this.adjoints[s];
    return sum;
  }
}

/** How long each list of a row's operands is. */
function listLength(name, operands) {
  if (name === null) return 0;
  const { names } = ROWS[name];
  const lists = names.filter((operand) => operand.startsWith("*")).length;
  return lists && (operands - (names.length - lists)) / lists;
}
