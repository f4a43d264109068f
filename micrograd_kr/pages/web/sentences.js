// Sentences and formulas come from Python with places: [word], or [word, particles]. Here they are filled.

const FEW = 8; // of many names, terms or edges, so many are shown
const tell = (key, values = {}) => filled(recording.sentences[state.lang][key], values);
const filled = (sentence, values) =>
  sentence.map((piece) => (typeof piece === "string" ? piece : put(values[piece[0]], piece[1]))).join("");

/** A word is text, or a name that knows which consonant it ends in when read in Korean. */
const put = (word, particles) => `${word.name ?? word}${particles ? chosenOf(particles, word.final) : ""}`;

function chosenOf(particles, final) {
  const [afterConsonant, afterVowel] = particles.split("/");
  return !final || (final === "ㄹ" && afterVowel === "로") ? afterVowel : afterConsonant;
}

/** A formula with words in its places; what the table says has a real minus sign. */
const formula = (pieces, words) => pieces.map((piece) => (typeof piece === "string" ? minus(piece) : words[piece[0]])).join("");

// ---- an operation -----------------------------------------------------------------------------------

const operandsOf = (i) => [...graph.operands.subarray(graph.first[i], graph.first[i + 1])];
const nameOf = (operand) => nodes[operand]?.name ?? number(graph.values[operand]);
const dataOf = (operand) => nodes[operand]?.data ?? graph.values[operand];

for (const node of nodes) node.expression = isLeaf(node.id) ? "" : formula(forms[node.form].names, operandsOf(node.id).map(nameOf));

/** The node's name, and for all but leaves the operation. */
const title = (node) => (node.expression ? `${node.name} = ${node.expression}` : node.name);

function inNumbers(node) {
  if (isLeaf(node.id)) return "";
  const form = forms[node.form];
  const bracketed = (text) => (form.signed && text.startsWith("−") ? `(${text})` : text);
  return formula(form.numbers, operandsOf(node.id).map((operand) => bracketed(number(dataOf(operand)))));
}

/** How a node was computed: in names, in numbers, the result. */
function valueText({ node: i }) {
  const node = nodes[i];
  const parts = [node.name, node.expression, inNumbers(node), number(node.data)];
  return [...new Set(parts.filter(Boolean))].join(" = ");
}

// ---- the partial on an edge ---------------------------------------------------------------------------

const SIGNS = {
  "<": (x, y) => x < y,
  ">": (x, y) => x > y,
  "=": (x, y) => x === y,
  "≤": (x, y) => x <= y,
  "≥": (x, y) => x >= y,
  "≠": (x, y) => x !== y,
};

/** Which of the row's partials is the edge's, and what its names stand for: nodes, and from graph.count on numbers. */
function partialOf({ node, place }) {
  const row = graph.rows[node];
  const [first, end] = [graph.first[node], graph.first[node + 1]];
  const at = place - first;
  const lists = row.names.filter((name) => name.startsWith("*")).length;
  const alone = row.names.length - lists;
  const n = lists ? (end - first - alone) / lists : 1; // without lists each name has one operand
  const inLists = at < lists * n;
  const k = lists && inLists ? Math.floor(at / n) : lists + at - lists * n;
  const places = row.names.map((_, name) => (name < lists ? (at % n) + name * n : lists * n + name - lists));
  const operands = Object.fromEntries(row.names.map((name, j) => [name.replace("*", ""), graph.operands[first + places[j]]]));
  return { k, operands: { ...operands, out: node } };
}

const symbolOf = (line) => `∂${nodes[line.node].name}/∂${nodes[line.parent].name}`;

/** The formula of a partial: of its cases the first that holds, whatever the numbers are now. */
function ruleOf(line) {
  const { k, operands } = partialOf(line);
  const { whole, cases } = forms[nodes[line.node].form].partials[k];
  const words = Object.fromEntries(Object.entries(operands).map(([name, operand]) => [name, nameOf(operand)]));
  if (stale.has(line.id) && !isChanged()) return formula(whole, words);
  const side = (x) => (x in operands ? dataOf(operands[x]) : x);
  const { rule, when } = cases.find((one) => one.when.every(([left, sign, right]) => SIGNS[sign](side(left), side(right)))) ?? cases[0];
  const conditions = when.map(([left, sign, right]) => `${words[left] ?? number(left)} ${sign} ${words[right] ?? number(right)}`);
  return formula(rule, words) + (conditions.length ? ` (${conditions.join(", ")})` : "");
}

/** What a sentence about an edge may speak of. */
function wordsOf(line) {
  const [node, parent] = [nodes[line.node], nodes[line.parent]];
  const shown = ["adjoint", "partial", "contribution", "before", "after"].map((key) => [key, number(line[key])]);
  return { node, parent, symbol: { name: symbolOf(line), final: parent.final }, rule: ruleOf(line), ...Object.fromEntries(shown) };
}

function noteText(line) {
  const notes = [tell("changed", wordsOf(line))];
  if (line.nth > 1) notes.push(tell("again", { n: line.nth }));
  else if (line.before) notes.push(tell("earlier"));
  if (stale.has(line.id) && !isChanged()) notes.push(tell("stale"));
  return `(${notes.join(", ")})`;
}

// ---- a step -------------------------------------------------------------------------------------------

/** A step as the stepper writes it in a terminal, a line each, with so many of its edges. */
function textOf(step, most = Infinity) {
  if (!step.lines) return [refusalOf(step.node) || valueText(step)];
  const node = nodes[step.node];
  const head = node === root ? tell("head", { named: title(node), root, sign: isLeaf(root.id) ? "+=" : "=" }) : title(node);
  return [head, ...step.lines.slice(0, most).map((line) =>
    [tell("chain", wordsOf(line)), `${symbolOf(line)} = ${ruleOf(line)}`, noteText(line)].join("    "))];
}

/** Why it is this node's turn, and why grads add up (+=); a line each. */
function whyOf({ node: i }) {
  const node = nodes[i];
  const now = node === root ? tell("why_seed", { root }) : tell("why_users", { node, used: usedBy(i), sum: `${node.name}.grad = ${sumOf(i)}` });
  const several = [...new Set(node.parents)].filter((parent) => contributions[parent].length > 1);
  const uses = listed(several.map((parent) => `${nodes[parent].name} → ${usedBy(parent)}`), 3, "; ");
  const plus = several.length ? tell("why_plus", { root, uses }) : isLeaf(i) ? "" : tell("why_plus_once");
  return [now, plus, madeBy(node)].filter(Boolean);
}

/** The line of Python that computed a node, where it was recorded. */
const madeBy = ({ line }) => (line ? tell("made_by", line) : "");

/** 5 + (−1) = 4; one term alone, or too many to read, only the total. */
function sumOf(i) {
  const received = contributions[i];
  const total = number(received.at(-1).after);
  if (received.length === 1 || received.length > FEW) return total;
  const [first, ...more] = received.map(({ contribution }) => number(contribution));
  return `${[first, ...more.map((term) => (term.startsWith("−") ? `(${term})` : term))].join(" + ")} = ${total}`;
}

function usedBy(i) {
  const times = new Map();
  for (const { node } of contributions[i]) times.set(node, (times.get(node) ?? 0) + 1);
  return listed([...times].map(([user, n]) => (n > 1 ? tell("times", { name: nodes[user], n }) : nodes[user].name)));
}

function listed(items, most = FEW, between = ", ") {
  if (items.length <= most) return items.join(between);
  return tell("others", { names: items.slice(0, most).join(between), n: items.length - most });
}

// ---- where there is no value ----------------------------------------------------------------------

const REFUSALS = { large: "too_large", value: "no_value", derivative: "no_derivative" };

/** What Python says where an operation has no value, "" where it has one. */
function refusalOf(i) {
  const why = graph.refusals.get(i);
  if (!why) return "";
  const row = graph.rows[i];
  const at = inputsOf(i).join(", ");
  return python(REFUSALS[why], { op: row.name, formula: minus(row.forward), at, domain: minus(row.domain) });
}

function inputsOf(i) {
  const row = graph.rows[i];
  const shown = [];
  for (let k = graph.first[i]; k < graph.first[i + 1]; k++) {
    const operand = graph.operands[k];
    const at = `${nameIn(row, graph.first[i + 1] - graph.first[i], k - graph.first[i])} = ${literal(graph.values[operand])}`;
    const label = nodes[operand]?.label;
    shown.push(label == null ? at : python("labelled", { at, label }));
  }
  const more = shown.length - 8;
  return more > 1 ? [...shown.slice(0, 8), python("and_more", { n: more })] : shown;
}

/** The operand's name in the row: those of a list are numbered. */
function nameIn({ names }, count, k) {
  const lists = names.filter((name) => name.startsWith("*"));
  const n = lists.length ? (count - (names.length - lists.length)) / lists.length : 0;
  if (k < lists.length * n) return `${lists[Math.floor(k / n)].slice(1)}${k % n}`;
  return names[k - lists.length * n + lists.length];
}

/** A sentence of the engine, as Python fills it. */
const python = (key, values) =>
  refusals[key][state.lang].replace(/\{(\w+)(!r)?\}/g, (_, name, quoted) => (quoted ? quote(values[name]) : values[name]));
const quote = (text) => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replace(/[\\']/g, "\\$&")}'`);

/** A float as Python writes it, but for the minus sign: 2.0, 1e−05, 1e+16. */
function literal(x) {
  const [digits, power] = Math.abs(x).toExponential().split("e");
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  if (x !== 0 && (power < -4 || power >= 16)) {
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${digits}e${power < 0 ? "−" : "+"}${exponent}`;
  }
  const plain = power < 0 ? Math.abs(x).toFixed(digits.replace(".", "").length - 1 - power) : String(Math.abs(x));
  return sign + (plain.includes(".") ? plain : `${plain}.0`);
}
