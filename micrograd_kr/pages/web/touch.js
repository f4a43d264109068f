// A leaf gets another number: dragged, typed, or with the arrow keys. Everything else follows.

const undone = []; // the numbers before each change, the last change last
const field = $("number");

const leafName = (i) => nodes[i].name;
const touched = () => state.leaf ?? leaves[0];

/** How far one press of an arrow key moves: a tenth of the number's own size. */
const stride = (x) => 10 ** (Math.floor(Math.log10(Math.max(Math.abs(x), 0.1))) - 1);

const tidy = (x, by) => Number(x.toFixed(Math.max(0, Math.min(20, 1 - Math.floor(Math.log10(by))))));

/** Give leaves other numbers and draw everything anew. */
function change(numbers) {
  setLeaves(numbers);
  state.epoch++;
  show();
  showTouch();
}

/** Keep what these leaves have now, and the losses so far, for `undo`. */
const remember = (changing) =>
  undone.push({ numbers: changing.map((leaf) => [leaf, nodes[leaf].data]), losses: [...losses] });

function setLeaf(leaf, x) {
  if (!Number.isFinite(x) || x === nodes[leaf].data) return;
  remember([leaf]);
  change([[leaf, x]]);
}

function nudgeLeaf(leaf, times) {
  const x = nodes[leaf].data;
  const by = stride(x);
  setLeaf(leaf, tidy(x + times * by, by));
}

function undo() {
  const before = undone.pop();
  if (!before) return;
  losses.splice(0, losses.length, ...before.losses);
  change(before.numbers);
}

function reset() {
  undone.length = losses.length = 0;
  change(leaves.map((i) => [i, recorded[i]]));
}

function showTouch() {
  const i = touched();
  const select = $("leaf");
  if (select.options.length !== leaves.length)
    select.replaceChildren(...leaves.map((leaf) => html("option", { value: leaf }, leafName(leaf))));
  select.value = i;
  if (document.activeElement !== field || Number(field.value) !== nodes[i].data) field.value = nodes[i].data;
  field.setAttribute("aria-label", `${leafName(i)}.data`);
  $("drag").setAttribute("aria-valuenow", nodes[i].data.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 })); // never 1e300
  $("drag").setAttribute("aria-valuetext", number(nodes[i].data));
  $("drag").setAttribute("aria-label", word("drag", { name: leafName(i) }));
  $("drag").textContent = number(nodes[i].data);
  $("undo").disabled = undone.length === 0;
  $("reset").disabled = !isChanged() && losses.length === 0;
  const result = refusalsNow() || `${root.name} = ${number(root.data)} · ${leafName(i)}.grad = ${number(slope(i))}`;
  $("result").textContent = result;
  $("result").classList.toggle("refusal", isBlank());
  showNudge();
  showDescent();
}

/** What the first node without a value says. */
const refusalsNow = () => [...graph.refusals.keys()].slice(0, 1).map(refusalOf).join("");

$("leaf").addEventListener("change", (event) => choose({ leaf: Number(event.target.value) }));
field.addEventListener("input", () => field.value !== "" && setLeaf(touched(), Number(field.value)));
field.addEventListener("keydown", (event) => {
  const times = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (!times) return;
  event.preventDefault();
  nudgeLeaf(touched(), times);
  field.value = nodes[touched()].data;
});
$("drag").addEventListener("keydown", (event) => {
  const times = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (!times) return;
  event.preventDefault();
  event.stopPropagation();
  nudgeLeaf(touched(), times);
});
$("undo").addEventListener("click", undo);
$("reset").addEventListener("click", reset);

// ---- dragging a number, in the picture or beside it -----------------------------------------------------

function drag(event, leaf) {
  event.preventDefault();
  event.stopPropagation();
  choose({ leaf, pinned: leaf });
  const start = { at: event.clientX, x: nodes[leaf].data };
  const by = stride(start.x);
  remember([leaf]);
  const move = (now) => {
    const x = tidy(start.x + Math.round((now.clientX - start.at) / 4) * by, by);
    if (x !== nodes[leaf].data) change([[leaf, x]]);
  };
  const end = () => {
    removeEventListener("pointermove", move);
    if (nodes[leaf].data === start.x) undone.pop();
    showTouch();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end, { once: true });
}

scroller.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".handle");
  if (handle) drag(event, Number(handle.closest(".node").id.replace(/\D/g, "")));
});
$("drag").addEventListener("pointerdown", (event) => {
  drag(event, touched());
  $("drag").focus();
});
