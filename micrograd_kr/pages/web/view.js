// How much of the picture is seen: zoom by wheel, pinch and keys, pan by drag; the step is always in view.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scroller = $("scroller");
const view = { zoom: 0, scale: 0, whole: 1, picture: null }; // zoom 0: as large as the text needs to be read

/** What the scroller holds; read once, not at each step. */
function measureView() {
  const style = getComputedStyle(scroller);
  view.padding = parseFloat(style.paddingLeft);
  view.width = scroller.clientWidth - 2 * view.padding;
  view.height = parseFloat(style.maxHeight) - 2 * parseFloat(style.paddingTop);
  const { width, height } = picture.viewBox.baseVal;
  view.whole = Math.min(view.width / width, view.height / height);
  const hall = document.body.classList.contains("hall") ? 2.2 : 1; // 24 pixels instead of 11
  view.readable = Math.min(1.35 * hall, Math.max(hall, view.whole));
}

function resize() {
  measureView();
  $("whole").hidden = view.whole >= 1;
  follow();
}

/** Zoom so that everything the step speaks of is seen, and go there. */
function follow() {
  const step = stepAt(state.at);
  const ids = step ? [step.node, ...nodes[step.node].parents].map(boxOf) : [];
  const boxes = ids.filter((i) => drawn.has(i)).map((i) => drawn.get(i).box);
  $("whole").setAttribute("aria-pressed", state.whole);
  const wanted = state.whole ? Math.min(view.readable, view.whole) : view.zoom || view.readable;
  if (!boxes.length) return scaleTo(wanted);
  const around = surrounding(boxes);
  const fitting = Math.min(wanted, view.width / around.width, view.height / around.height);
  const isCalm = view.scale <= fitting && view.scale > 0.7 * fitting && !state.whole && !view.zoom;
  if (!isCalm) scaleTo(fitting); // a picture that does not jump is easier to follow
  const corner = corners();
  scroller.scrollTo({
    left: (around.x + around.width / 2 - corner.x) * view.scale - view.width / 2,
    top: (around.y + around.height / 2 - corner.y) * view.scale - view.height / 2,
    behavior: calm.matches || drawn.size > 60 ? "instant" : "smooth",
  });
}

function surrounding(boxes) {
  const x = Math.min(...boxes.map((box) => box.x)) - 4;
  const y = Math.min(...boxes.map((box) => box.y)) - 4;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + 4;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 4;
  return { x, y, width: right - x, height: bottom - y };
}

/** Where the picture begins, in the units of its nodes. */
function corners() {
  const { x, y } = picture.viewBox.baseVal;
  const offset = drawnOffset();
  return { x: x - offset.x, y: y - offset.y };
}

function drawnOffset() {
  const matrix = picture.querySelector(".graph")?.transform?.baseVal.consolidate()?.matrix;
  return { x: matrix?.e ?? 0, y: matrix?.f ?? 0 };
}

/** The picture keeps its layout and is only drawn larger: a tenth of the time of another width. */
function scaleTo(scale) {
  if (scale === view.scale && picture === view.picture) return;
  Object.assign(view, { scale, picture });
  const { width, height } = picture.viewBox.baseVal;
  $("stage").style.width = `${width * scale}px`;
  $("stage").style.height = `${height * scale}px`;
  picture.style.transform = `scale(${scale})`;
}

/** Zoom by a factor and keep what is at this place of the scroller where it is. */
function zoom(factor, x = scroller.clientWidth / 2, y = scroller.clientHeight / 2) {
  const before = view.scale;
  const scale = Math.max(Math.min(view.whole, view.readable) / 2, Math.min(6, before * factor));
  state.whole = false;
  $("whole").setAttribute("aria-pressed", false);
  view.zoom = scale;
  scaleTo(scale);
  scroller.scrollTo({
    left: ((scroller.scrollLeft + x) * scale) / before - x,
    top: ((scroller.scrollTop + y) * scale) / before - y,
    behavior: "instant",
  });
}

scroller.addEventListener("wheel", (event) => {
  if (event.shiftKey) return; // which scrolls sideways
  event.preventDefault();
  const { left, top } = scroller.getBoundingClientRect();
  zoom(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 250), event.clientX - left, event.clientY - top);
}, { passive: false });

// ---- pan by drag, pinch with two fingers ------------------------------------------------------------

const fingers = new Map();
let apart = 0;
let moved = false;

scroller.addEventListener("pointerdown", (event) => {
  if (event.target.closest(".handle")) return;
  fingers.set(event.pointerId, event);
  apart = distance();
  moved = false;
});
addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  fingers.set(event.pointerId, event);
  if (fingers.size === 2) return pinch();
  const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
  if (event.pointerType !== "touch") scroller.scrollBy({ left: -dx, top: -dy, behavior: "instant" });
  moved ||= Math.abs(dx) + Math.abs(dy) > 2;
});
const lift = (event) => {
  fingers.delete(event.pointerId);
  apart = 0;
};
addEventListener("pointerup", lift);
addEventListener("pointercancel", lift);
scroller.addEventListener("click", (event) => {
  if (moved) event.stopPropagation(); // a drag is no click
  moved = false;
}, { capture: true });

const distance = () => {
  const [a, b] = fingers.values();
  return b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
};

function pinch() {
  const [a, b] = fingers.values();
  const { left, top } = scroller.getBoundingClientRect();
  const now = distance();
  if (apart) zoom(now / apart, (a.clientX + b.clientX) / 2 - left, (a.clientY + b.clientY) / 2 - top);
  apart = now;
}
scroller.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

// ---- on request: weights as width and colour, a lecture hall ------------------------------------------

const steepness = (line) => (line.isNeuron ? slopeThrough(line) : line.parts[0].partial);

/** Each edge as wide as its partial, blue where it is positive and orange where it is negative. */
function showWeights() {
  if (!state.weights && !view.weights) return;
  view.weights = state.weights;
  const all = [...lines.values()].filter(({ path }) => path);
  const slopes = new Map(all.map((line) => [line, state.weights ? steepness(line) : 0]));
  const most = Math.max(...[...slopes.values()].map(Math.abs).filter(Number.isFinite), 1e-300);
  for (const [line, x] of slopes) {
    line.path.style.strokeWidth = state.weights ? `${0.5 + (5 * Math.abs(x)) / most}` : "";
    line.group.dataset.sign = state.weights ? Math.sign(x) : "";
  }
}
