// Predict before you look: a step's numbers are hidden until the learner types them. A wrong answer is
// compared with what each usual mistake gives here: MISTAKES are the stepper's formulas, as functions.

const answers = new Map(); // "e3_0 after" -> what became of each try: "right" or kinds of mistake
const canAsk = Boolean(recording.asking && graph);
const withWords = (sentence, values) => sentence.map((piece) => (typeof piece === "string" ? piece : values[piece[0]])).join("");
const said = (key, values = {}) => withWords(recording.asking[key][state.lang], values);

/** A mistake as the stepper tells it, or ("name") calls it in the score. */
function mistakeSaid(kind, what, values = {}) {
  const mistake = recording.mistakes.find((one) => one.kind === kind);
  return mistake ? withWords(mistake[what][state.lang], values) : said(what === "told" ? kind : `kind_${kind}`, values);
}

const tries = (line, asked) => answers.get(`${line.edge} ${asked}`) ?? [];
const isFound = (line, asked) => tries(line, asked).at(-1)?.[0] === "right";

const FEW = 8; // of a wide step only the first edges are asked

/** What is to be typed about an edge: its contribution, and the sum where there is one. */
function asks(line) {
  if (stepAt(line.at).lines.indexOf(line) >= FEW) return [];
  return line.before ? ["contribution", "after"] : ["contribution"];
}
const openAsk = (line) => asks(line).find((asked) => !isFound(line, asked));

const isHidden = (line) => state.predict && line.at === state.at && openAsk(line) !== undefined;
const isSecret = (i) =>
  state.predict && isBackward(state.at) && stepAt(state.at).lines.some((line) => line.parent === i && isHidden(line));

// ---- right or wrong -----------------------------------------------------------------------------------

const isRight = (x, right) => Math.abs(x - right) <= Math.max(5e-3 * Math.max(Math.abs(x), Math.abs(right)), 1e-12);

/** The kinds of mistake that give this number. */
function mistakesOf(line, asked, typed) {
  const fits = ({ wrong }) => results(wrong, line).some((x) => isRight(typed, x) && !isRight(x, line[asked]));
  return MISTAKES.filter((mistake) => mistake.asked === asked && fits(mistake)).map(({ kind }) => kind);
}

/** Every number that a mistake gives on this edge. */
function results(wrong, line) {
  const names = { ...line, node_data: nodes[line.from].data };
  const others = siblings(line).map(({ partial }) => ({ other: partial }));
  const points = elsewhere(line).map((partial) => ({ elsewhere: partial }));
  return [{}, ...others, ...points].map((more) => wrong({ ...names, ...more })).filter((x) => !Number.isNaN(x));
}

const siblings = (line) => stepAt(line.at).lines.filter(({ parent }) => parent !== line.parent);

/** The partial where an operand and the result have been mistaken for each other. */
function elsewhere(line) {
  const row = graph.rows[line.from];
  const { k, operands } = operandsAt(row, line);
  const out = graph.values[line.from];
  const points = operands.flatMap((x, i) => [[...operands.with(i, out), out], [...operands, x]]);
  return points.map((point) => partialAt(row.partials[k], point)).filter(Number.isFinite);
}

function partialAt(partial, point) {
  try {
    return partial(...point);
  } catch {
    return NaN; // there it has none
  }
}

/** Which of the row's partials is the edge's, and the numbers of the names in it. */
function operandsAt(row, { edge, from }) {
  const [first, end] = [graph.first[from], graph.first[from + 1]];
  const at = placeOf.get(edge) - first;
  const value = (place) => graph.values[graph.operands[first + place]];
  const lists = row.names.filter((name) => name.startsWith("*")).length;
  if (!lists) return { k: at, operands: row.names.map((_, place) => value(place)) };
  const alone = row.names.length - lists;
  const n = (end - first - alone) / lists;
  const inLists = at < lists * n;
  const places = row.names.map((_, name) => (name < lists ? (at % n) + name * n : lists * n + name - lists));
  return { k: inLists ? Math.floor(at / n) : lists + at - lists * n, operands: places.map(value) };
}

// ---- the question and its answer ------------------------------------------------------------------------

const wordsFor = (line) => {
  const [node, parent] = [nodes[line.from].name, nodes[line.parent].name];
  return {
    node, parent, symbol: `∂${node}/∂${parent}`, rule: ruleOf(edgeOf.get(line.edge)).replace(/^[^=]*= /, ""),
    adjoint: number(line.adjoint), before: number(line.before),
  };
};

function question(line) {
  const asked = openAsk(line);
  const told = html("p", { class: "told", role: "status", id: `told-${line.edge}` });
  const field = html("input", { type: "text", autocomplete: "off", id: `answer-${line.edge}`, "aria-describedby": told.id });
  const label = html("label", { for: field.id }, said(`ask_${asked}`, wordsFor(line)));
  const form = html("form", { class: "question" }, label, field, html("button", { type: "submit" }, word("check")), told);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(line, asked, field, told);
  });
  return form;
}

/** A number, or a product of numbers: -1.5, 2 × -3. */
const typedNumber = (text) =>
  text.trim() === "" ? NaN : text.replace(/[−–]/g, "-").split(/[*×·]/).reduce((product, factor) => product * Number(factor), 1);

function answer(line, asked, field, told) {
  const typed = typedNumber(field.value);
  if (Number.isNaN(typed)) {
    told.textContent = word("noNumber");
    return;
  }
  const right = isRight(typed, line[asked]);
  const kinds = right ? ["right"] : mistakesOf(line, asked, typed);
  const unknown = asked === "contribution" ? "other" : "other_sum";
  answers.set(`${line.edge} ${asked}`, [...tries(line, asked), kinds.length ? kinds : ["other"]]);
  showScore();
  if (right) return found(line);
  told.textContent = (kinds.length ? kinds : [unknown]).map((kind) => mistakeSaid(kind, "told", wordsFor(line))).join(said("or"));
  field.select();
}

/** Show what was found, and go on to the next question or step. */
function found(line) {
  state.epoch++;
  show();
  $("status").textContent = `${said("right")} ${isHidden(line) ? "" : product(line)}`;
  (document.querySelector(".question input") ?? $("next")).focus();
}

/** How many were right at once, and how often each kind of mistake was made. */
function showScore() {
  $("score").hidden = !state.predict;
  if (!state.predict) return;
  const given = [...answers.values()];
  const right = given.filter(([first]) => first[0] === "right").length;
  $("score-told").textContent = said("score", { right, asked: given.length });
  const counts = new Map();
  given.flat(2).filter((kind) => kind !== "right").forEach((kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1));
  $("mistakes").replaceChildren(...[...counts].map(([kind, n]) => html("li", {}, `${mistakeSaid(kind, "name")}: ${n}`)));
}

$("predict").hidden = !canAsk;
$("predict").addEventListener("click", () => {
  state.predict = !state.predict;
  answers.clear();
  state.epoch++;
  show();
  showScore();
});
