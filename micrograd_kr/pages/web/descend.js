// One step of gradient descent: each parameter goes against its grad, by the learning rate.

const losses = []; // the result before each step so far

const named = leaves.filter((i) => recording.graph.parameters.includes(i));
const learning = new Set(named.length ? named : leaves);

function descend() {
  const rate = Number($("rate").value);
  if (isBlank() || !Number.isFinite(rate)) return;
  const after = [...learning].map((i) => [i, nodes[i].data - rate * slope(i)]);
  if (!after.every(([, x]) => Number.isFinite(x))) return;
  remember([...learning]);
  if (!losses.length) losses.push(root.data);
  setLeaves(after);
  losses.push(root.data);
  change([]);
}

function showDescent() {
  const names = [...learning].map(leafName);
  const shown = names.length > 8 ? `${names.slice(0, 8).join(", ")} … (${names.length})` : names.join(", ");
  $("learning").textContent = word("learning", { names: shown || "–" });
  $("descend").disabled = isBlank() || learning.size === 0;
  const told = losses.length > 1 ? losses.slice(-6).map(number).join(" → ") : "";
  $("losses").textContent = told;
  $("loss-curve").replaceChildren(...lossCurve());
  const learns = $("learns");
  learns.checked = learning.has(touched());
  $("learns-word").textContent = word("learns", { name: leafName(touched()) });
}

function lossCurve() {
  const known = losses.map((y, k) => [k, y]).filter(([, y]) => Number.isFinite(y));
  if (known.length < 2) return [];
  const heights = known.map(([, y]) => y);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const points = known.map(([k, y]) => [
    8 + (k / (losses.length - 1)) * (PLOT.width - 16),
    PLOT.height / 2 - 8 - ((y - low) / (high - low || 1)) * (PLOT.height / 2 - 16)]);
  const [x, y] = points.at(-1);
  return [svg("polyline", { class: "truth", points: points.map((point) => point.join()).join(" ") }),
    svg("circle", { class: "here", cx: x, cy: y, r: 3.5 })];
}

$("descend").addEventListener("click", descend);
$("learns").addEventListener("change", (event) => {
  learning[event.target.checked ? "add" : "delete"](touched());
  showTouch();
});
