// What happens at each position: 0 is the start, then come the forward steps, then the backward steps.

const recording = read("recording");
const { forms, folded } = recording;
const stale = new Set(recording.stale); // edges whose partial is of other data than the recording has

const graph = new Graph(recording.graph);
const nodes = recording.nodes.map((node, id) => ({
  ...node,
  id,
  data: graph.values[id],
  grad: Number(node.grad), // "Infinity" and "NaN", which JSON cannot write as numbers, come as text
  parents: recording.graph.operands[id].filter((operand) => operand < graph.count),
}));
const root = nodes.at(-1);

/** An edge, and what flows along it: `node` hands `contribution` to `parent`, whose grad goes from `before` to `after`. */
function line(node, place, k) {
  const partial = Number(node.partials[k]);
  return { id: `e${node.id}_${k}`, node: node.id, parent: graph.operands[place], place, recorded: partial, partial };
}

/** Operands that are plain numbers have no edge. */
function linesInto(node) {
  const places = Array.from({ length: graph.first[node.id + 1] - graph.first[node.id] }, (_, k) => graph.first[node.id] + k);
  return places.filter((place) => graph.operands[place] < graph.count).map((place, k) => line(node, place, k));
}

const forward = nodes.filter((node) => graph.rows[node.id] || node === root).map((node) => ({ node: node.id }));
const backward = forward.map(({ node }) => ({ node, lines: linesInto(nodes[node]) })).reverse();
const last = forward.length + backward.length;

const lineOf = new Map(backward.flatMap((step) => step.lines).map((one) => [one.id, one]));
const forwardAt = new Map(forward.map((step, k) => [step.node, k + 1]));
const backwardAt = new Map(backward.map((step, k) => [step.node, forward.length + k + 1]));
const contributions = nodes.map(() => []); // to the grad of each node, in the order in which they come
for (const step of backward)
  for (const one of step.lines) {
    one.at = backwardAt.get(step.node);
    one.nth = contributions[one.parent].push(one);
  }

const isLeaf = (i) => graph.rows[i] === null;
const stepAt = (at) => (at === 0 ? null : at <= forward.length ? forward[at - 1] : backward[at - forward.length - 1]);
const stepOf = (i) => backward[backwardAt.get(i) - forward.length - 1];
const isBackward = (at) => at > forward.length;
const arrived = (i, at) => contributions[i].filter((c) => c.at <= at);

/** The grad of a node at a position: what the last contribution made of it. */
function grad(i, at) {
  const latest = contributions[i].findLast((c) => c.at <= at);
  if (latest) return latest.after;
  if (i === root.id && isBackward(at)) return backward[0].adjoint;
  return isLeaf(i) ? nodes[i].grad : 0;
}

const isTouched = (i, at) => contributions[i][0]?.at <= at || (i === root.id && isBackward(at)) || grad(i, at) !== 0;

function statusOf(i, at) {
  const step = stepAt(at);
  if (step && step.node === i) return "current";
  if (!isBackward(at)) return (forwardAt.get(i) ?? 0) <= at && (at > 0 || !forwardAt.has(i)) ? "done" : "waiting";
  if (contributions[i].some((c) => c.at === at)) return "receiving";
  const end = backwardAt.get(i) ?? contributions[i].at(-1)?.at ?? 0;
  return end < at ? "done" : "waiting";
}

const isComputed = (i, at) => isBackward(at) || statusOf(i, at) !== "waiting";

function lineStatus({ node }, at) {
  if (stepAt(at)?.node === node) return "active";
  return (isBackward(at) ? backwardAt : forwardAt).get(node) < at ? "done" : "waiting";
}
