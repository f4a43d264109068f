// The text beside the graph: the step with its chain rule, the history of a node, all nodes in a table.

// ---- the step -------------------------------------------------------------------------------------

function phase() {
  const { at } = state;
  if (at === 0) return [word("start"), ""];
  return isBackward(at)
    ? [word("backward"), `${at - forward.length}/${backward.length}`]
    : [word("forward"), `${at}/${forward.length}`];
}

const title = (node) => (node.expression ? `${node.name} = ${node.expression}` : node.name);

function showStep() {
  const { at, lang } = state;
  const step = stepAt(at);
  const node = step ? nodes[step.node] : root;
  const [name, count] = phase();
  $("phase").replaceChildren(html("b", {}, name), count);
  $("expression").replaceChildren(title(node), ...(step ? [span("value", ` = ${number(node.data)}`)] : []));
  $("rule").replaceChildren(...rule(step, node));
  $("why").replaceChildren(...(step?.why ? [html("h3", {}, word("why", { name: node.name })), ...asked(step.why[lang])] : []));
  $("written").hidden = !isBackward(at);
  $("text").replaceChildren(...(isBackward(at) ? step.text[lang].split("\n") : []).map((line) => html("p", {}, line)));
}

function rule(step, node) {
  if (!step) return [html("p", {}, word("startText"))];
  if (!isBackward(state.at)) return [html("p", { class: "formula" }, step.text[state.lang])];
  return [
    html("p", { class: "given formula upstream" }, word("upstream"), derivative(root.name, node.name), "=", html("b", {}, number(step.adjoint))),
    ...step.lines.map((line) => chain(node, line)),
    ...(state.at === last ? [html("p", { class: "end" }, word("end"))] : []),
  ];
}

/** Questions and their answers, a line each: what ends in a question mark stands out. */
const asked = (text) => text.split("\n").filter(Boolean).map((line) => {
  const [, question, answer] = line.match(/^([^?]*\?)?(.*)$/);
  return html("p", {}, ...(question ? [html("b", {}, question)] : []), answer);
});

const coloured = (line) => [
  span("upstream", number(line.adjoint)), " × ", span("local", number(line.partial)), " = ",
  span("contribution", number(line.contribution))];

/** ∂L/∂a += ∂L/∂d · ∂d/∂a, with the numbers and what becomes of a.grad. */
function chain(node, line) {
  const parent = nodes[line.parent];
  const count = contributions[line.parent].findIndex((c) => c.edge === line.edge) + 1;
  const { rule } = edgeOf.get(line.edge);
  const value = number(line.partial);
  return html("div", { class: "chain" },
    html("p", { class: "formula" },
      derivative(root.name, parent.name, "contribution"), "+=",
      derivative(root.name, node.name, "upstream"), "·", derivative(node.name, parent.name, "local"),
      span("numbers", "= ", ...coloured(line))),
    html("p", { class: "note" },
      html("span", {}, span("local", word("local")), ` ${rule}`, ...(rule.replace("-", "−").endsWith(`= ${value}`) ? [] : [` = ${value}`])), " ",
      html("span", {}, `${parent.name}.grad: ${number(line.before)} → `, html("b", {}, number(line.after)),
        ...(count > 1 ? [span("again", ` · ${word("again", { n: count })}`)] : []))));
}

// ---- the history of a node ------------------------------------------------------------------------

const chosen = () => state.pinned ?? state.hovered;

function showHistory() {
  const { at } = state;
  const i = chosen() ?? stepAt(at)?.node ?? root.id;
  const told = [i, at, state.lang, state.pinned].join();
  if (told === state.told) return; // a button must not be replaced while it is being pressed
  state.told = told;
  const node = nodes[i];
  const list = $("contributions");
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  $("history-title").textContent = word("history", { name: node.name });
  $("exact").replaceChildren(
    ...(node.expression ? [html("dt", {}, word("expression")), html("dd", {}, node.expression)] : []),
    html("dt", {}, "data"), html("dd", {}, isComputed(i, at) ? String(node.data) : "·"),
    html("dt", {}, "grad"), html("dd", {}, String(grad(i, at))));
  const items = contributions[i].map((c) => {
    const known = c.at <= at;
    const button = html("button", { type: "button", class: known ? "" : "later" },
      html("span", {}, word("from", { name: nodes[c.from].name })), " ",
      ...(known
        ? [span("result", ...coloured(c)), " ", html("span", {}, `${number(c.before)} → ${number(c.after)}`)]
        : [span("result", word("later"))]));
    button.addEventListener("click", () => go(c.at));
    return html("li", {}, button);
  });
  if (isLeaf(i) && Number(node.grad) !== 0) items.unshift(html("li", {}, html("p", {}, word("initial", { grad: number(node.grad) }))));
  if (i === root.id) items.unshift(html("li", {}, html("p", {}, word("seed", { name: root.name, grad: number(backward[0].adjoint) }))));
  if (!items.length) items.push(html("li", {}, html("p", {}, word("none"))));
  list.replaceChildren(...items);
  list.children[focused]?.querySelector("button")?.focus();
  $("hint").textContent = state.pinned === null ? word("hint") : word("pinned");
}

function showChosen() {
  for (const [i, { group }] of drawn) {
    group.classList.toggle("chosen", chosen() === i);
    group.setAttribute("aria-pressed", state.pinned === i);
  }
}

function choose(change) {
  Object.assign(state, change);
  showChosen();
  showHistory();
}
const pin = (i) => choose({ pinned: state.pinned === i ? null : i });

// ---- all nodes ------------------------------------------------------------------------------------

function showTable() {
  const { at } = state;
  document.querySelector("tbody").replaceChildren(...nodes.map((node, i) =>
    html("tr", { class: statusOf(i, at) },
      html("th", { scope: "row" }, node.name),
      html("td", {}, node.expression || word("leaf")),
      html("td", {}, isComputed(i, at) ? number(node.data) : "·"),
      html("td", {}, number(grad(i, at))))));
}
