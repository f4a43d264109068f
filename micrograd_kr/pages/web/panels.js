// The text beside the graph: the step with its chain rule, the history of a node, all nodes in a table.

// ---- the step -------------------------------------------------------------------------------------

function phase() {
  const { at } = state;
  if (at === 0) return [word("start"), ""];
  return isBackward(at)
    ? [word("backward"), `${at - forward.length}/${backward.length}`]
    : [word("forward"), `${at}/${forward.length}`];
}

function showStep() {
  const { at } = state;
  const step = stepAt(at);
  const node = step ? nodes[step.node] : root;
  const [name, count] = phase();
  const lines = step?.lines; // of a backward step
  const hidden = lines?.some(isHidden);
  $("phase").replaceChildren(html("b", {}, name), count);
  $("expression").replaceChildren(title(node), ...(step ? [span("value", ` = ${number(node.data)}`)] : []));
  $("rule").replaceChildren(...rule(step, node));
  $("why").replaceChildren(...(lines ? [html("h3", {}, word("why", { name: node.name })), ...whyOf(step).map(asked)] : []));
  $("written").hidden = !lines || hidden;
  $("text").replaceChildren(...(lines ? textOf(step, FEW) : []).map((line) => html("p", {}, line)));
}

function rule(step, node) {
  if (!step) return [html("p", {}, word("startText"))];
  if (!isBackward(state.at)) return [html("p", { class: "formula" }, ...textOf(step))];
  const upstream = html("p", { class: "given formula upstream" }, word("upstream"), " ",
    html("b", {}, `${node.name}.grad = ${number(step.adjoint)}`));
  const end = state.at === last ? [html("p", { class: "end" }, word("end"))] : [];
  const rest = step.lines.slice(FEW);
  return [upstream, ...step.lines.slice(0, FEW).map((line) => chain(node, line)), ...more(node, rest), ...end];
}

/** What a wide step has beyond the first edges, made when it is asked for. */
function more(node, rest) {
  if (!rest.length) return [];
  const folded = html("details", { class: "more" }, html("summary", {}, word("more", { n: rest.length })));
  folded.addEventListener("toggle", () => folded.append(...rest.map((line) => chain(node, line))), { once: true });
  return [folded];
}

/** A question with its answer: what ends in a question mark stands out. */
function asked(line) {
  const [, question, answer] = line.match(/^([^?]*\?)?(.*)$/s);
  return html("p", {}, ...(question ? [html("b", {}, question)] : []), answer);
}

const coloured = (line) => [
  span("upstream", number(line.adjoint)), " × ", span("local", number(line.partial)), " = ",
  span("contribution", number(line.contribution))];

/** d.grad += L.grad × ∂L/∂d = 1 × 5 = 5, and what becomes of d.grad. */
function chain(node, line) {
  const parent = nodes[line.parent];
  const names = [
    span("contribution", `${parent.name}.grad`), "+=",
    span("upstream", `${node.name}.grad`), "×", derivative(node.name, parent.name, "local")];
  if (isHidden(line)) return html("div", { class: "chain" }, html("p", { class: "formula" }, ...names), question(line));
  const formula = html("p", { class: "formula" }, ...names, span("numbers", "= ", ...coloured(line)));
  const rule = ruleOf(line);
  const value = number(line.partial);
  const note = html("p", { class: "note" },
    html("span", {}, span("local", word("local")), ` ${symbolOf(line)} = ${rule}${rule === value ? "" : ` = ${value}`}`), " ",
    html("span", {}, noteText(line).replace(/^\((.*)\)$/, "$1")));
  return html("div", { class: "chain" }, formula, note);
}

// ---- the history of a node ------------------------------------------------------------------------

const chosen = () => state.pinned ?? state.hovered;

function showHistory() {
  const { at } = state;
  const i = chosen() ?? stepAt(at)?.node ?? root.id;
  const told = [i, at, state.lang, state.pinned, state.epoch].join();
  if (told === state.told) return; // a button must not be replaced while it is being pressed
  state.told = told;
  const node = nodes[i];
  const list = $("contributions");
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  $("history-title").textContent = word("history", { name: node.name });
  $("exact").replaceChildren(
    ...(node.expression ? [html("dt", {}, word("expression")), html("dd", {}, node.expression)] : []),
    html("dt", {}, "data"), html("dd", {}, isComputed(i, at) ? exact(node.data) : "·"),
    html("dt", {}, "grad"), html("dd", {}, isSecret(i) ? "?" : exact(grad(i, at))));
  if (node.line) $("exact").append(html("dt", {}, "Python"), html("dd", { class: "code" }, madeBy(node)));
  if (refusalOf(i)) $("exact").append(html("dd", { class: "refusal" }, refusalOf(i)));
  const items = contributions[i].map((c) => {
    const known = c.at <= at && !isHidden(c);
    const button = html("button", { type: "button", class: known ? "" : "later" },
      html("span", {}, word("from", { name: nodes[c.node].name })), " ",
      ...(known
        ? [span("result", ...coloured(c)), " ", html("span", {}, `${number(c.before)} → ${number(c.after)}`)]
        : [span("result", word("later"))]));
    button.addEventListener("click", () => go(c.at));
    return html("li", {}, button);
  });
  if (isLeaf(i) && node.grad !== 0) items.unshift(html("li", {}, html("p", {}, word("initial", { grad: number(node.grad) }))));
  if (i === root.id) items.unshift(html("li", {}, html("p", {}, word("seed", { name: root.name, grad: number(backward[0].adjoint) }))));
  if (!items.length) items.push(html("li", {}, html("p", {}, word("none"))));
  list.replaceChildren(...items);
  list.children[focused]?.querySelector("button")?.focus();
  $("hint").textContent = state.pinned === null ? word("hint") : word("pinned");
}

/** Every digit, nothing for what has no value. */
const exact = (x) => (Number.isNaN(x) ? "–" : minus(String(x)));

function showChosen() {
  for (const i of [state.marked, chosen(), state.pinned]) {
    const group = drawn.get(i)?.group;
    group?.classList.toggle("chosen", chosen() === i);
    group?.setAttribute("aria-pressed", state.pinned === i);
  }
  state.marked = chosen();
}

function choose(change) {
  const before = state.pinned;
  Object.assign(state, change);
  drawn.get(before)?.group.setAttribute("aria-pressed", state.pinned === before);
  showChosen();
  showHistory();
  if ("leaf" in change) showTouch();
}

function pin(i) {
  const leaf = isLeaf(i) ? { leaf: i } : {};
  choose({ pinned: state.pinned === i ? null : i, ...leaf });
}

// ---- all nodes ------------------------------------------------------------------------------------

const rows = []; // of the table, made when it is first opened

function makeTable() {
  document.querySelector("tbody").replaceChildren(...nodes.map((node, i) => {
    const [expression, data, gradient] = [html("td"), html("td"), html("td")];
    rows[i] = { row: html("tr", {}, html("th", { scope: "row" }, node.name), expression, data, gradient), expression, data, gradient };
    return rows[i].row;
  }));
}

function showTable() {
  if (!$("all").open) return;
  if (!rows.length) makeTable();
  const { at } = state;
  rows.forEach(({ row, expression, data, gradient }, i) => {
    setText(expression, nodes[i].expression || word("leaf"));
    setText(data, isComputed(i, at) ? number(nodes[i].data) : "·");
    setText(gradient, isSecret(i) ? "?" : number(grad(i, at)));
    const status = statusOf(i, at);
    if (row.className !== status) row.className = status;
  });
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

$("all").addEventListener("toggle", showTable);
