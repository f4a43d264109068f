// One sample through the network in the step page, with the parameters as they are: its graph is recorded
// here as `stepper/recording.py` records one, and the page opens in a frame of its own.

const phrases = $("phrases") && read("phrases"); // what there is to say of every operation
const MOST = 4000; // nodes: of a larger graph nobody reads the steps

/** The graph of a sample with its numbers. */
function graphOf(learner, sample) {
  const { data, parameters, inputs, targets, trainer } = learner;
  const values = [...data.values];
  parameters.forEach((node, i) => (values[node] = trainer.parameters[i]));
  inputs.forEach((node, i) => (values[node] = sample.x[i]));
  targets.forEach((node, i) => (values[node] = sample.y[i]));
  return { ...data, values };
}

function recordingOf(learner, sample) {
  const data = graphOf(learner, sample);
  const graph = new Graph(data);
  graph.forward();
  const names = namesOf(learner, graph.count);
  const nodes = names.map((name, node) => {
    const told = { name, label: name, grad: 0, final: phrases.finals[name] ?? phrases.finals[name.at(-1)] ?? "" };
    if (graph.rows[node] === null) return told;
    const places = Array.from({ length: graph.first[node + 1] - graph.first[node] }, (_, k) => graph.first[node] + k);
    const partials = places.filter((place) => graph.operands[place] < graph.count).map((place) => graph.partials[place]);
    return { ...told, label: null, form: formOf(graph, node), partials };
  });
  const isWeight = new Set(learner.parameters);
  return {
    version: 2,
    graph: { ...data, values: [...graph.values.subarray(0, graph.count)], parameters: [...isWeight] },
    nodes, stale: [], folded: learner.layers ? foldedData(learner, graph) : undefined,
    forms: phrases.forms, sentences: phrases.sentences, mistakes: phrases.mistakes,
  };
}

/** The form of the same operation, of as many operands, with the same plain numbers. Of long lists all are alike. */
function formOf(graph, node) {
  const operands = graph.operands.subarray(graph.first[node], graph.first[node + 1]);
  const given = [...operands].flatMap((operand, k) => (operand < graph.count ? [] : [[k, graph.values[operand]]]));
  const known = phrases.forms.findIndex((form) => form.op === graph.rows[node].name &&
    form.count === operands.length && String(form.given) === String(given));
  if (known >= 0) return known;
  return phrases.forms.findLastIndex((form) => form.op === graph.rows[node].name);
}

/** As Python labels them, `layer0.neuron1.w0`; what a neuron says is `z` before its activation and `h` after. */
function namesOf(learner, count) {
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
  let unnamed = 0;
  return Array.from({ length: count }, (_, node) => names.get(node) ?? `v${++unnamed}`);
}

/** Whether the steps of a sample can be read. */
const isWalkable = (learner) => phrases !== null && learner.data.ops.length <= (learner.layers ? MOST : 2 * OPEN);

// ---- the page in its frame -------------------------------------------------------------------------

/** What means something in HTML is written otherwise, as Python's `inert_json` does. */
const inert = (data) => JSON.stringify(data).replace(/[<>&\u2028\u2029\ud800-\udfff]/g,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

function walkPage(learner, sample, address) {
  const recording = recordingOf(learner, sample);
  const graph = new Graph(recording.graph);
  const texts = new Map(recording.nodes.map(({ name, form }, node) => [node, form === undefined ? name : `${name} = ${expressionOf(recording, graph, node)}`]));
  const { folded } = recording;
  const isOpen = !folded || graph.count <= OPEN;
  const pictures = [isOpen && openPicture(learner, graph, texts, folded), folded && foldedPicture(learner, graph, texts, folded)];
  const { theme } = document.documentElement.dataset;
  return filledForm(phrases.page, [
    ['lang="ko"', `lang="${language()}"${theme ? ` data-theme="${theme}"` : ""}`],
    ['<div id="stage">', `<div id="stage">${pictures.filter(Boolean).map(markup).join("")}`],
    ['id="recording">null', `id="recording">${inert({ ...recording, address })}`],
  ]);
}

/** Put each text in its place, once. */
const filledForm = (form, pairs) => pairs.reduce((text, [place, put]) => text.replace(place, () => put), form);

function expressionOf({ forms, nodes }, graph, node) {
  const operands = graph.operands.subarray(graph.first[node], graph.first[node + 1]);
  const shown = (operand) => nodes[operand]?.name ?? number(graph.values[operand]);
  return forms[nodes[node].form].names.map((piece) => (typeof piece === "string" ? piece : shown(operands[piece[0]]))).join("");
}
