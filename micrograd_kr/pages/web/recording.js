// What the recording says at each position: 0 is the start, then come the forward steps, then the backward steps.

const recording = read("recording");
const { nodes, edges, forward, backward } = recording;
const last = forward.length + backward.length;
const root = nodes[backward.length ? backward[0].node : nodes.length - 1];

const edgeOf = new Map(edges.map((edge) => [edge.id, edge]));
const lineOf = new Map(backward.flatMap((step) => step.lines).map((line) => [line.edge, line]));
const forwardAt = new Map(forward.map((step, k) => [step.node, k + 1]));
const backwardAt = new Map(backward.map((step, k) => [step.node, forward.length + k + 1]));
const uses = nodes.map(() => 0); // how many edges lead out of a node: so many contributions will come
edges.forEach((edge) => uses[edge.from]++);
const contributions = nodes.map(() => []); // to the grad of each node, in the order in which they come
backward.forEach((step, k) =>
  step.lines.forEach((line) => {
    Object.assign(line, { from: step.node, at: forward.length + k + 1 });
    contributions[line.parent].push(line);
  }));

const isLeaf = (i) => nodes[i].parents.length === 0;
const stepAt = (at) => (at === 0 ? null : at <= forward.length ? forward[at - 1] : backward[at - forward.length - 1]);
const isBackward = (at) => at > forward.length;
const arrived = (i, at) => contributions[i].filter((c) => c.at <= at);

/** The grad of a node at a position: what the last contribution made of it. */
function grad(i, at) {
  const latest = arrived(i, at).at(-1);
  if (latest) return latest.after;
  if (i === root.id && isBackward(at)) return backward[0].adjoint;
  return isLeaf(i) ? nodes[i].grad : 0;
}

const isTouched = (i, at) => arrived(i, at).length > 0 || (i === root.id && isBackward(at)) || Number(grad(i, at)) !== 0;
const isParameter = (i) => isLeaf(i) && nodes[i].parameter;

function statusOf(i, at) {
  const step = stepAt(at);
  if (step && step.node === i) return "current";
  if (!isBackward(at)) return (forwardAt.get(i) ?? 0) <= at && (at > 0 || !forwardAt.has(i)) ? "done" : "waiting";
  if (step.lines.some((line) => line.parent === i)) return "receiving";
  if (backwardAt.has(i)) return backwardAt.get(i) < at ? "done" : "waiting";
  return arrived(i, at).length === uses[i] ? "done" : "waiting";
}

const isComputed = (i, at) => isBackward(at) || statusOf(i, at) !== "waiting";

function edgeStatus(edge, at) {
  const step = stepAt(at);
  if (step && step.node === edge.to) return "active";
  return ((isBackward(at) ? backwardAt : forwardAt).get(edge.to) ?? Infinity) < at ? "done" : "waiting";
}
