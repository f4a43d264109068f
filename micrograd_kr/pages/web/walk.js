// The numbers of the walk. They are the recording's until a leaf is changed; from then on the engine computes them.

const recorded = nodes.map((node) => node.data);
const leaves = nodes.filter((node) => isLeaf(node.id)).map((node) => node.id);
const isChanged = () => leaves.some((i) => nodes[i].data !== recorded[i]);
const isBlank = () => Number.isNaN(root.data); // some node has no value: nobody knows the result

/** Give leaves other numbers: [[leaf, number], …]. Values, partials and grads follow. */
function setLeaves(numbers) {
  for (const [leaf, x] of numbers) graph.values[leaf] = nodes[leaf].data = x;
  if (isChanged()) {
    graph.forward();
    for (const node of nodes) node.data = graph.values[node.id];
    for (const line of lineOf.values()) line.partial = graph.partials[line.place];
  } else { // the recording itself, to the last bit
    for (const node of nodes) node.data = recorded[node.id];
    for (const line of lineOf.values()) line.partial = line.recorded;
    graph.refusals.clear();
  }
  propagate();
}

/** Every contribution, in the order of the steps, added to the grads from before. */
function propagate() {
  const grads = nodes.map((node) => (isLeaf(node.id) ? node.grad : 0));
  grads[root.id] += 1;
  for (const step of backward) {
    step.adjoint = isBlank() ? NaN : grads[step.node];
    for (const line of step.lines) {
      line.adjoint = step.adjoint;
      line.contribution = line.adjoint * line.partial;
      line.before = grads[line.parent];
      line.after = grads[line.parent] += line.contribution;
    }
  }
}

/** The result for other numbers of the leaves, without showing it. */
function resultAt(numbers) {
  const before = numbers.map(([leaf]) => [leaf, graph.values[leaf]]);
  for (const [leaf, x] of numbers) graph.values[leaf] = x;
  graph.forward();
  const result = graph.values[root.id];
  for (const [leaf, x] of before) graph.values[leaf] = x;
  graph.forward();
  return result;
}

/** What the last backward pass alone gave a leaf: without the grad from before. */
const slope = (leaf) => contributions[leaf].reduce((sum, line) => sum + line.contribution, leaf === root.id ? 1 : 0);
