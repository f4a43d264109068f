// A graph as typed arrays. The order of its nodes is a topological order: operands come first.

/** Thrown where there is no number: its message says of which kind. */
class Refusal extends Error {}

/** The operands of all nodes behind one another: those of a node begin at `first`; `inner` are no leaves. */
function laidOut(ops, operands) {
  const first = new Int32Array(ops.length + 1);
  operands.forEach((of, node) => (first[node + 1] = first[node] + of.length));
  const inner = ops.flatMap((name, node) => (name === null ? [] : [node]));
  return { count: ops.length, first, inner, operands: Int32Array.from(operands.flat()) };
}

/**
 * `ops` says the row of each node, null for a leaf; `operands` the nodes each is computed from:
 * from `ops.length` on they are plain numbers, the `constants`; `values` the number of each leaf.
 */
class Graph {
  constructor({ ops, operands, values, constants }) {
    Object.assign(this, laidOut(ops, operands));
    this.rows = ops.map((name) => (name === null ? null : ROWS[name]));
    this.values = Float64Array.from([...values, ...constants]);
    this.adjoints = new Float64Array(this.values.length);
    this.partials = new Float64Array(this.operands.length); // one beside each operand
    this.refusals = new Map(); // node -> why it has no value: "large", "value" or "derivative"
  }

  /** Compute every node from the leaves. One without a value becomes NaN, and so does what depends on it. */
  forward() {
    this.refusals.clear();
    for (const node of this.inner) this.compute(node);
  }

  compute(node) {
    const { values, first, rows } = this;
    values[node] = NaN;
    if (this.refusals.size && this.isBlank(node)) return;
    try {
      rows[node].run(this, node, first[node]);
      if (!this.isFinite(node)) this.refuse(node, "large");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const lacks = Number.isNaN(values[node]) ? "value" : "derivative";
      this.refuse(node, error.message === "large" ? "large" : lacks);
    }
  }

  refuse(node, why) {
    this.values[node] = NaN;
    this.refusals.set(node, why);
  }

  /** Whether something it is computed from has no value. */
  isBlank(node) {
    for (let k = this.first[node]; k < this.first[node + 1]; k++)
      if (Number.isNaN(this.values[this.operands[k]])) return true;
    return false;
  }

  isFinite(node) {
    if (!Number.isFinite(this.values[node])) return false;
    for (let k = this.first[node]; k < this.first[node + 1]; k++)
      if (this.operands[k] < this.count && !Number.isFinite(this.partials[k])) return false;
    return true;
  }

  /** The adjoint of every node: what the last one, or `root`, changes by when that node changes by 1. */
  backward(root = this.count - 1, seed = 1) {
    const { adjoints, partials, operands, first } = this;
    adjoints.fill(0);
    adjoints[root] = seed;
    for (let turn = this.inner.length - 1; turn >= 0; turn--) {
      const node = this.inner[turn];
      if (node > root) continue;
      const adjoint = adjoints[node];
      for (let k = first[node]; k < first[node + 1]; k++) adjoints[operands[k]] += adjoint * partials[k];
    }
  }
}
