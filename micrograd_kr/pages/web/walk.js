// The numbers of the walk. They are the recording's until a leaf is changed; from then on the engine computes them.

const graph = recording.graph ? new Graph(recording.graph) : null; // an old recording can only be watched
const recorded = nodes.map((node) => node.data);
const isChanged = () => leaves.some((i) => nodes[i].data !== recorded[i]);
const leaves = nodes.filter((node) => node.parents.length === 0).map((node) => node.id);
const isBlank = () => Number.isNaN(nodes[root.id].data); // some node has no value: nobody knows the result

/** Where the engine keeps the partial of an edge: its operands count plain numbers too. */
const placeOf = new Map();
if (graph)
  nodes.forEach((node) => {
    let k = 0;
    for (let place = graph.first[node.id]; place < graph.first[node.id + 1]; place++)
      if (graph.operands[place] < graph.count) placeOf.set(`e${node.id}_${k++}`, place);
  });

/** Give leaves other numbers: [[leaf, number], …]. Values, partials and grads follow. */
function setLeaves(numbers) {
  for (const [leaf, x] of numbers) graph.values[leaf] = nodes[leaf].data = x;
  if (isChanged()) {
    graph.forward();
    nodes.forEach((node) => { node.data = graph.values[node.id]; });
    for (const [id, line] of lineOf) line.partial = graph.partials[placeOf.get(id)];
  } else { // the recording itself, to the last bit
    nodes.forEach((node) => { node.data = recorded[node.id]; });
    for (const [id, line] of lineOf) line.partial = edgeOf.get(id).partial;
    graph.refusals.clear();
  }
  handDown();
}

/** Every contribution, in the order of the steps, added to the grads from before. */
function handDown() {
  const grads = nodes.map((node) => (node.parents.length ? 0 : Number(node.grad)));
  if (backward.length) grads[root.id] += 1;
  for (const step of backward) {
    step.adjoint = isBlank() ? NaN : grads[step.node];
    for (const line of step.lines) {
      const contribution = step.adjoint * line.partial;
      const before = grads[line.parent];
      grads[line.parent] = before + contribution;
      Object.assign(line, { adjoint: step.adjoint, contribution, before, after: before + contribution });
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
