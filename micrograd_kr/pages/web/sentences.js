// Sentences come from Python with slots for numbers: [quantity, id]. Here the slots are filled.

const fill = (sentence) => sentence.map((piece) => (typeof piece === "string" ? piece : slot(piece))).join("");

function slot([quantity, id, brackets]) {
  const text = number(quantityOf(quantity, id));
  return brackets && text.startsWith("−") ? `(${text})` : text;
}

const quantityOf = (quantity, id) => Number((typeof id === "number" ? nodes[id] : lineOf.get(id))[quantity]);

const SIGNS = {
  "<": (x, y) => x < y,
  ">": (x, y) => x > y,
  "=": (x, y) => x === y,
  "≤": (x, y) => x <= y,
  "≥": (x, y) => x >= y,
  "≠": (x, y) => x !== y,
};
const side = (x) => (Array.isArray(x) ? quantityOf(...x) : Number(x));
const holds = ([left, sign, right]) => SIGNS[sign](side(left), side(right));

/** The formula of a partial: of its cases the first that holds, whatever the numbers are now. */
function ruleOf(edge) {
  if (!isChanged()) return edge.rule;
  return edge.cases.find(({ when }) => when.every(holds))?.rule ?? edge.rule;
}

/** How a node was computed: in names, in numbers, the result. */
const valueText = (step) => [...new Set(step.parts.map(fill))].join(" = ");

const noteText = (line) => fill(line.note[state.lang]);

/** A step as the stepper writes it in a terminal, a line each. */
function textOf(step) {
  if (step.parts) return [refusalOf(step.node) || valueText(step)];
  const lines = step.lines.map((line) =>
    [fill(line.chain), ruleOf(edgeOf.get(line.edge)), noteText(line)].join("    "));
  return [step.told[state.lang].head, ...lines];
}

const whyOf = (step) => (step.told ? fill(step.told[state.lang].why) : "");

// ---- where there is no value ----------------------------------------------------------------------

const REFUSALS = { large: "too_large", value: "no_value", derivative: "no_derivative" };

/** What Python says where an operation has no value, "" where it has one. */
function refusalOf(i) {
  const why = graph?.refusals.get(i);
  if (!why) return "";
  const row = graph.rows[i];
  const at = operandsOf(i).join(", ");
  return python(REFUSALS[why], { op: row.name, formula: row.forward, at, domain: row.domain });
}

function operandsOf(i) {
  const row = graph.rows[i];
  const shown = [];
  for (let k = graph.first[i]; k < graph.first[i + 1]; k++) {
    const operand = graph.operands[k];
    const at = `${nameOf(row, graph.first[i + 1] - graph.first[i], k - graph.first[i])} = ${literal(graph.values[operand])}`;
    const label = nodes[operand]?.label;
    shown.push(label == null ? at : python("labelled", { at, label }));
  }
  const more = shown.length - 8;
  return more > 1 ? [...shown.slice(0, 8), python("and_more", { n: more })] : shown;
}

/** The operand's name in the row: those of a list are numbered. */
function nameOf({ names }, count, k) {
  const lists = names.filter((name) => name.startsWith("*"));
  const n = lists.length ? (count - (names.length - lists.length)) / lists.length : 0;
  if (k < lists.length * n) return `${lists[Math.floor(k / n)].slice(1)}${k % n}`;
  return names[k - lists.length * n + lists.length];
}

/** A sentence of the engine, as Python fills it. */
const python = (key, values) =>
  refusals[key][state.lang].replace(/\{(\w+)(!r)?\}/g, (_, name, quoted) => (quoted ? quote(values[name]) : values[name]));
const quote = (text) => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replace(/[\\']/g, "\\$&")}'`);

/** A float as Python writes it: 2.0, 1e-05, 1e+16. */
function literal(x) {
  const [digits, power] = Math.abs(x).toExponential().split("e");
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (x !== 0 && (power < -4 || power >= 16)) {
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${digits}e${power < 0 ? "-" : "+"}${exponent}`;
  }
  const plain = power < 0 ? Math.abs(x).toFixed(digits.replace(".", "").length - 1 - power) : String(Math.abs(x));
  return sign + (plain.includes(".") ? plain : `${plain}.0`);
}
