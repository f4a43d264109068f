// Predict before you look: a step's numbers are hidden until the learner types them. A wrong answer is
// compared with what each usual mistake gives here: MISTAKES are the stepper's formulas, as functions.

const answers = new Map(); // "e3_0 after" -> what became of each try: "right" or kinds of mistake

/** A mistake as the stepper tells it, or ("name") calls it in the score. */
function mistakeSaid(kind, what, values = {}) {
  const mistake = recording.mistakes.find((one) => one.kind === kind);
  return mistake ? filled(mistake[what][state.lang], values) : tell(what === "told" ? kind : `kind_${kind}`, values);
}

const tries = (line, asked) => answers.get(`${line.id} ${asked}`) ?? [];
const isFound = (line, asked) => tries(line, asked).at(-1)?.[0] === "right";

/** What is to be typed about an edge: its contribution, and the sum where there is one; of a wide step the first edges. */
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
  const names = { ...line, node_data: nodes[line.node].data };
  const others = siblings(line).map(({ partial }) => ({ other: partial }));
  const points = elsewhere(line).map((partial) => ({ elsewhere: partial }));
  return [{}, ...others, ...points].map((more) => wrong({ ...names, ...more })).filter((x) => !Number.isNaN(x));
}

const siblings = (line) => stepAt(line.at).lines.filter(({ parent }) => parent !== line.parent);

/** The partial where an operand and the result have been mistaken for each other. */
function elsewhere(line) {
  const { k, operands } = partialOf(line);
  const data = Object.values(operands).map(dataOf); // the last is the result
  const out = data.pop();
  const points = data.flatMap((x, i) => [[...data.with(i, out), out], [...data, x]]);
  return points.map((point) => partialAt(graph.rows[line.node].partials[k], point)).filter(Number.isFinite);
}

function partialAt(partial, point) {
  try {
    return partial(...point);
  } catch {
    return NaN; // there it has none
  }
}

// ---- the question and its answer ------------------------------------------------------------------------

function question(line) {
  const asked = openAsk(line);
  const told = html("p", { class: "told", role: "status", id: `told-${line.id}` });
  const field = html("input", { type: "text", autocomplete: "off", id: `answer-${line.id}`, "aria-describedby": told.id });
  const label = html("label", { for: field.id }, tell(`ask_${asked}`, wordsOf(line)));
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
  answers.set(`${line.id} ${asked}`, [...tries(line, asked), kinds.length ? kinds : ["other"]]);
  showScore();
  if (right) return found(line);
  told.textContent = (kinds.length ? kinds : [unknown]).map((kind) => mistakeSaid(kind, "told", wordsOf(line))).join(tell("or"));
  field.select();
}

/** Show what was found, and go on to the next question or step. */
function found(line) {
  state.epoch++;
  show();
  $("status").textContent = `${tell("right")} ${isHidden(line) ? "" : product(line)}`;
  (document.querySelector(".question input") ?? $("next")).focus();
}

/** How many were right at once, and how often each kind of mistake was made. */
function showScore() {
  $("score").hidden = !state.predict;
  if (!state.predict) return;
  const given = [...answers.values()];
  const right = given.filter(([first]) => first[0] === "right").length;
  $("score-told").textContent = tell("score", { right, asked: given.length });
  const counts = new Map();
  given.flat(2).filter((kind) => kind !== "right").forEach((kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1));
  $("mistakes").replaceChildren(...[...counts].map(([kind, n]) => html("li", {}, `${mistakeSaid(kind, "name")}: ${n}`)));
}

$("predict").addEventListener("click", () => {
  state.predict = !state.predict;
  answers.clear();
  state.epoch++;
  show();
  showScore();
});
