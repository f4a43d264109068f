// What a derivative is: the true change of the result beside grad × Δ, and how they part as Δ grows.

const delta = () => Math.sign(Number($("delta").value)) * 10 ** (Math.abs(Number($("delta").value)) - 4);
const PLOT = { width: 240, height: 120 };

function showNudge() {
  const leaf = touched();
  const step = Number($("delta").value) === 0 ? 0 : Number(delta().toPrecision(2));
  const [x, y, gradient] = [nodes[leaf].data, root.data, slope(leaf)];
  const truth = isBlank() ? NaN : resultAt([[leaf, x + step]]) - y;
  $("delta-value").textContent = `Δ${leafName(leaf)} = ${number(step)}`;
  $("delta").setAttribute("aria-valuetext", number(step));
  const noise = 1e-12 * Math.max(Math.abs(y), Math.abs(truth)); // of rounding: no difference
  const apart = Math.abs(truth - gradient * step) < noise ? 0 : truth - gradient * step;
  const rows = [["true", truth], ["linear", gradient * step], ["apart", apart]];
  $("changes").replaceChildren(...rows.flatMap(([kind, value]) => [
    html("dt", { class: kind }, word(kind, { name: root.name, leaf: leafName(leaf) })),
    html("dd", { class: kind }, number(value))]));
  $("curve").replaceChildren(...curve(leaf, Math.max(Math.abs(step) * 1.6, Math.abs(x) * 0.02, 0.02), step));
}

/** The result over the leaf, its tangent, and where Δ leads on both. */
function curve(leaf, reach, step) {
  const [x, y, gradient] = [nodes[leaf].data, root.data, slope(leaf)];
  if (isBlank() || !Number.isFinite(gradient)) return [];
  const points = Array.from({ length: 41 }, (_, k) => x + reach * (k / 20 - 1))
    .map((at) => [at, resultAt([[leaf, at]])]).filter(([, value]) => Number.isFinite(value));
  const spread = Math.max(...points.map(([, value]) => Math.abs(value - y)), 1e-12);
  const right = (at) => PLOT.width / 2 + ((at - x) / reach) * (PLOT.width / 2 - 8);
  const up = (value) => PLOT.height / 2 - Math.max(-1.05, Math.min(1.05, (value - y) / spread)) * (PLOT.height / 2 - 10);
  const tangent = [-1, 1].map((k) => [right(x + k * reach), PLOT.height / 2 - ((k * reach * gradient) / spread) * (PLOT.height / 2 - 10)]);
  const there = resultAt([[leaf, x + step]]);
  const dot = (at, value, kind) => svg("circle", { cx: right(at), cy: up(value), r: 4, class: kind });
  return [
    svg("polyline", { class: "tangent", points: tangent.map((point) => point.join()).join(" ") }),
    svg("polyline", { class: "truth", points: points.map(([at, value]) => `${right(at)},${up(value)}`).join(" ") }),
    dot(x, y, "here"),
    ...(step ? [dot(x + step, y + gradient * step, "linear")] : []),
    ...(step && Number.isFinite(there) ? [dot(x + step, there, "true")] : []),
  ];
}

$("delta").addEventListener("input", showNudge);
