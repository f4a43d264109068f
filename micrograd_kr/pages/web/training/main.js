// The page as a whole: it learns frame by frame, and everything shown is drawn from the learner.

let learner;
let plane;
let network;
let editor;
let playing = false;
let turn = 0;
let drawn = 0; // when the last frame was
let budget = 10; // milliseconds a frame learns, when it learns as fast as it can
let squares = []; // the middle of every square of the plane, as samples
let looked = null; // the node of the neuron under the pointer
let shownNodes = []; // the nodes whose numbers the pictures show: outputs, inputs, neurons

const EPOCHS_A_FRAME = { slow: 1 / 12, normal: 1 };
const FRAME = 30; // milliseconds from frame to frame, when it learns as fast as it can
const LEAST = 4; // of them for learning

// ---- making it anew --------------------------------------------------------------------------------

function begin() {
  const { id } = document.activeElement; // it may be made anew: who uses keys goes on from there
  learner = new Learner();
  layOut();
  prepare();
  $("editor").hidden = true;
  goAhead(settings.epoch);
  show();
  if (id) $(id)?.focus({ preventScroll: true });
  if (walked) showWalk();
}

/** Learn up to the epoch a lesson begins with. */
function goAhead(epoch) {
  const often = Math.ceil(epoch / 60); // so many points of the curves are enough
  while (learner.epochs < epoch && !learner.diverged) {
    learner.epoch();
    if (learner.epochs % often === 0 || learner.epochs === epoch) learner.measure();
  }
}

function layOut() {
  $("network").hidden = !learner.layers;
  if (learner.layers) network.build(learner, given.model ? null : changeWidth);
}

/** What only changes with the data or the network. */
function prepare() {
  const neurons = (learner.layers ?? []).flat().map((neuron) => neuron.out);
  shownNodes = [...learner.outputs, ...learner.inputs, ...neurons];
  looked = null;
  const inputs = learner.train[0].at.length;
  plane = new (inputs === 1 ? Line : Plane)($("plane"));
  $("plane").classList.toggle("line", inputs === 1);
  $("plane").height = inputs === 1 ? 360 : 480;
  for (const id of ["plane", "plane-note", "plane-controls", "legend"]) $(id).hidden = !isShown();
  $("no-plane").hidden = isShown() || !learner.classes;
  $("hard").parentElement.hidden = learner.classes === 0 || inputs === 1;
  $("show-test").parentElement.hidden = !learner.test.length;
  $("add-class-label").hidden = learner.classes === 0;
  $("add-value-label").hidden = learner.classes > 0 || inputs === 1;
  $("replay-note").hidden = !given.model?.replay || learner.trainer.optimizer.memory.length === 0;
  showClasses();
  if (isShown()) {
    plane.frame([...learner.train, ...learner.test]);
    squares = plane.grid(learner);
  }
  if (!given.model) featureControls(plane);
  if (!isShown()) plane.chosen = allSamples().at(learner.train.length) ?? learner.train[0]; // else nothing is seen
  showTitle(inputs);
  showLegend();
  for (const key of settings.hide) hide(key);
}

/** Whether there is a plane, or a line, to show: of one or two inputs. */
const isShown = () => learner.train[0].at.length <= 2;

function showTitle(inputs) {
  const pictured = inputs === 1 ? "lineTitle" : learner.classes ? "planeTitle" : "heightTitle";
  const other = learner.classes ? "confusionTitle" : "pointTitle";
  $("plane-title").textContent = word(isShown() ? pictured : other);
}

/** What the colours and shapes of the plane mean. */
function showLegend() {
  const mark = (kind, colour, text) => {
    const shape = html("i", { class: kind });
    shape.style.background = colour;
    return html("span", {}, shape, text);
  };
  const gray = rgb(mix(paper, dark ? [255, 255, 255] : [0, 0, 0], 0.6));
  const classes = Array.from({ length: learner.classes }, (_, c) => mark("", rgb(CLASS_COLOURS[c]), word("class", { c })));
  const parts = learner.classes ? classes : [number(-learner.scale), colourBar(), number(learner.scale)];
  const shapes = [mark("dot", gray, word("trainPoint")), mark("", gray, word("testPoint"))];
  $("legend").replaceChildren(...parts, ...(learner.test.length ? shapes : []));
}

function colourBar() {
  const bar = html("canvas", { class: "bar" });
  paint(bar, 81, 1, (k) => signed((0.9 * (k - 40)) / 40));
  return bar;
}

function change(changed, effect) {
  Object.assign(settings, changed);
  settings.epoch = 0;
  if ("data" in changed) settings.noise = usualNoise(settings.data);
  sensible();
  writeAddress();
  if (effect === ONGOING) {
    learner.apply();
    learner.measure();
    return show();
  }
  controls();
  begin();
}

function changeWidth(layer, by) {
  const width = settings.layers[layer] + by;
  if (isWidth(width)) change({ layers: settings.layers.with(layer, width) }, AGAIN);
}

// ---- learning --------------------------------------------------------------------------------------

function frame(now) {
  if (!playing) return;
  turn += 1;
  pace(now);
  const end = performance.now() + budget;
  const share = EPOCHS_A_FRAME[settings.speed];
  if (share === undefined) do learner.epoch(); while (performance.now() < end && !learner.diverged);
  else if (turn % Math.round(1 / share) === 0) learner.epoch();
  if (learner.now.epoch !== learner.epochs || learner.diverged) {
    if (!learner.diverged) learner.measure();
    show();
  }
  if (learner.diverged) return stop();
  requestAnimationFrame(frame);
}

/** What a frame costs beside learning is the browser's secret: so the next one learns longer if this one came early. */
function pace(now) {
  budget += (FRAME - Math.min(2 * FRAME, now - drawn)) / 8;
  budget = Math.max(LEAST, Math.min(FRAME, budget));
  drawn = now;
}

function start() {
  playing = true;
  showPlay();
  requestAnimationFrame(frame);
}

function stop() {
  playing = false;
  showPlay();
  tell();
}

function once(work) {
  stop();
  learner[work]();
  if (!learner.diverged) learner.measure();
  show();
  tell();
}

// ---- showing ---------------------------------------------------------------------------------------

function show() {
  const { epoch, train, test, accuracy, testAccuracy } = learner.now;
  $("epoch").textContent = learner.epochs;
  $("train-loss").textContent = number(train);
  $("test-loss").textContent = number(test);
  $("accuracy").textContent = `${percent(accuracy)} / ${percent(testAccuracy)}`;
  $("accuracy").parentElement.hidden = learner.classes === 0;
  drawCurves($("curves"), learner);
  $("curves").setAttribute("aria-label", word("curves-label", { epoch, train: number(train), test: number(test) }));
  $("scrub").max = learner.kept.size - 1;
  $("scrub").value = [...learner.kept.keys()].sort((a, b) => a - b).indexOf(learner.epochs);
  showPictures();
  showHealth();
  showChosen();
  editor.show();
}

function showPictures() {
  if (learner.diverged) return;
  const columns = isShown() ? learner.trainer.evaluate(squares, shownNodes).columns : null;
  if (columns) plane.draw(learner, columns, shownNodes.indexOf(looked));
  else if (learner.classes) drawConfusion(learner, choose);
  if (learner.layers) network.draw(learner, columns, plane.shape, shownNodes, plane.chosen);
}

/** While the pointer is over a neuron, the plane shows what that neuron says. */
function look(node) {
  if (node === looked) return;
  looked = node;
  showPictures();
}

const outputsOf = (sample) => learner.trainer.evaluate([sample]).columns.map(([x]) => x);

function showHealth() {
  const told = complaints(learner).map(([key, values]) => word(key, values));
  if ([...$("health").children].map((p) => p.textContent).join("\n") !== told.join("\n"))
    $("health").replaceChildren(...told.map((text) => html("p", {}, text)));
  if (!learner.layers) return void ($("gradient-norms").hidden = true);
  const sizes = norms(learner);
  const most = Math.max(...sizes) || 1;
  const rows = sizes.map((size, l) => {
    const filled = html("i");
    filled.style.width = `${100 * Math.max(0, 1 + Math.log10(size / most || 1e-6) / 6)}%`;
    const shown = size.toExponential(1).replace("-", "−");
    return html("li", {}, word("layer", { n: l + 1 }), html("span", { class: "bar", "aria-hidden": "true" }, filled), shown);
  });
  $("norms").replaceChildren(...rows);
}

function showChosen() {
  const sample = plane.chosen;
  $("walk").disabled = !sample || learner.diverged || !isWalkable(learner);
  $("chosen").textContent = sample ? pointText(sample) : word("noPoint");
  const count = learner.train.length + learner.test.length;
  $("plane").setAttribute("aria-label", word("plane-label", { n: count, chosen: sample ? pointText(sample) : "–" }));
}

function pointText(sample) {
  const outputs = learner.diverged ? ["–"] : outputsOf(sample).map(number);
  if (!isShown()) return word("sample", { target: sample.label, output: outputs.join(", ") });
  const place = sample.at.map(number).join(", ");
  return word("point", { place, target: [sample.label].flat().map(number).join(", "), output: outputs.join(", ") });
}

function showPlay() {
  $("play").textContent = word(playing ? "pause" : "play");
}

/** For who listens: said when training pauses, not at every frame. */
function tell() {
  const { epoch, train, test, accuracy } = learner.now;
  $("status").textContent = word("said", { epoch, train: number(train), test: number(test), accuracy: percent(accuracy) });
}

// ---- the points ------------------------------------------------------------------------------------

function choose(sample) {
  plane.chosen = sample;
  show();
}

function addPoint(spot) {
  const label = learner.classes ? Number($("add-class").value) : $("add-value").valueAsNumber || 0;
  const sample = learner.prepared(plane.sampleAt(spot, label));
  learner.train.push(sample);
  pointsChanged(sample);
}

function movePoint(sample, spot) {
  Object.assign(sample, learner.prepared(plane.sampleAt(spot, sample.label)));
  pointsChanged(sample);
}

function deletePoint() {
  const { chosen } = plane;
  if (!chosen || learner.train.length < 3) return;
  learner.train = learner.train.filter((sample) => sample !== chosen);
  learner.test = learner.test.filter((sample) => sample !== chosen);
  pointsChanged(null);
}

function pointsChanged(sample) {
  learner.trainer.order = null;
  learner.measure();
  choose(sample);
}

function listenToPlane() {
  const canvas = $("plane");
  const all = () => [...learner.train, ...(settings.showTest ? learner.test : [])];
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    const spot = plane.under(event);
    held = plane.near(spot, all());
    if (held) choose(held);
    else addPoint(spot);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held && event.buttons) movePoint(held, plane.under(event));
  });
  canvas.addEventListener("pointerup", () => (held = null));
  canvas.addEventListener("keydown", (event) => {
    if (!planeKey(event.key, event.shiftKey, all())) return;
    event.preventDefault();
  });
  for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, showPictures);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Arrows move the cross, with Shift the chosen point; Enter chooses or adds; Delete takes away. */
function planeKey(key, shift, samples) {
  if (key === "Delete" || key === "Backspace") return deletePoint(), true;
  if (key === "Enter" || key === " ") {
    const found = plane.near(plane.cursor, samples);
    if (found) choose(found);
    else addPoint([...plane.cursor]);
    return true;
  }
  if (!(key in ARROWS)) return false;
  const moved = plane.cursor.map((x, axis) => {
    const [from, to] = plane.bounds[axis];
    return x + (ARROWS[key][axis] * (to - from)) / 40;
  });
  plane.cursor = moved;
  if (shift && plane.chosen) movePoint(plane.chosen, moved);
  else showPictures();
  return true;
}

// ---- walking through a point -----------------------------------------------------------------------

const allSamples = () => [...learner.train, ...learner.test];

/** Open the step page on the chosen sample; the browser's way back leads here again. */
function beginWalk() {
  stop();
  settings.epoch = learner.epochs; // so that the address is that of this moment
  writeAddress();
  walked = { place: allSamples().indexOf(plane.chosen), moment: "" };
  walked.pushed = writeAddress(true);
  showWalk();
}

function showWalk() {
  const sample = allSamples()[walked.place];
  if (!sample || !isWalkable(learner)) return endWalk();
  choose(sample);
  // Of this page's own origin: a browser may let others wait before they measure their pictures
  const frame = html("iframe", { id: "walk-frame", title: word("walkingTitle") });
  frame.srcdoc = walkPage(learner, sample, walked.moment);
  $("walking-title").textContent = pointText(sample);
  if (!$("walking").open) $("walking").showModal(); // first: a page that is not shown measures nothing
  $("walk-place").replaceChildren(frame);
}

function endWalk() {
  walked = null;
  writeAddress();
  $("walking").close();
}

/** The step page says where it is. */
addEventListener("message", ({ source, data }) => {
  if (!walked || source !== $("walk-frame")?.contentWindow) return;
  walked.moment = String(data);
  writeAddress();
});

// ---- files -----------------------------------------------------------------------------------------

async function readFile(file) {
  try {
    const { samples, classes } = readCsv(await file.text());
    Object.assign(own, { samples, classes });
    change({ data: "own" }, AGAIN);
    $("csv-note").textContent = word("csvRead", { n: samples.length, classes });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    $("csv-note").textContent = word(error.message, error.values);
  }
}

// ---- language, listening, and the beginning --------------------------------------------------------

function speak() {
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = word(part.dataset.word);
  for (const part of document.querySelectorAll("[data-label]")) {
    part.setAttribute("aria-label", word(part.dataset.label));
    if (part.matches("button")) part.title = word(part.dataset.label);
  }
  for (const button of $("languages").children) button.setAttribute("aria-pressed", button.value === language());
  document.title = `${word("title")} · micrograd_kr`;
  $("layer-count").textContent = word("layers", { n: settings.layers.length });
  controls();
  showPlay();
}

function listen() {
  $("play").addEventListener("click", () => (playing ? stop() : start()));
  $("one-step").addEventListener("click", () => once("step"));
  $("one-epoch").addEventListener("click", () => once("epoch"));
  $("reset").addEventListener("click", () => {
    stop();
    settings.epoch = 0;
    learner.restart();
    show();
  });
  $("scrub").addEventListener("input", () => {
    stop();
    const moments = [...learner.kept.keys()].sort((a, b) => a - b);
    learner.goTo(moments[$("scrub").value]);
    show();
  });
  for (const [id, by] of [["fewer-layers", -1], ["more-layers", 1]])
    $(id).addEventListener("click", () => {
      const layers = by < 0 ? settings.layers.slice(0, -1) : [...settings.layers, settings.layers.at(-1) ?? 4].slice(0, 6);
      change({ layers }, AGAIN);
      $("layer-count").textContent = word("layers", { n: settings.layers.length });
    });
  for (const [id, key] of [["show-test", "showTest"], ["hard", "hard"], ["log", "log"]]) {
    $(id).checked = settings[key];
    $(id).addEventListener("change", () => {
      settings[key] = $(id).checked;
      writeAddress();
      show();
    });
  }
  $("speed").value = settings.speed;
  $("speed").addEventListener("change", () => {
    settings.speed = $("speed").value;
    writeAddress();
  });
  for (const button of $("views").children)
    button.addEventListener("click", () => {
      settings.view = button.value;
      writeAddress();
      showViews();
      show();
    });
  for (const button of $("languages").children)
    button.addEventListener("click", () => {
      document.documentElement.lang = button.value;
      writeAddress();
      speak();
      again();
    });
  $("theme").addEventListener("click", () => {
    switchTheme();
    colours();
    controls();
    again();
  });
  $("walk").addEventListener("click", beginWalk);
  $("walk-end").addEventListener("click", () => (walked?.pushed ? history.back() : endWalk()));
  $("walking").addEventListener("close", () => {
    $("walk-place").replaceChildren();
    if (walked?.pushed) history.back();
    else if (walked) endWalk();
  });
  $("csv").addEventListener("change", () => $("csv").files[0] && readFile($("csv").files[0]));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (!given.model && event.dataTransfer.files[0]) readFile(event.dataTransfer.files[0]);
  });
  addEventListener("hashchange", () => {
    const isSame = withoutWalk(location.hash.slice(1)) === withoutWalk(address);
    readAddress();
    if (isSame) return walked ? showWalk() : endWalk();
    speak();
    begin();
  });
  addEventListener("resize", () => {
    layOut();
    show();
  });
  listenToPlane();
}

/** Show all of it anew, and keep what was learned and chosen. */
function again() {
  const { chosen, cursor } = plane;
  layOut();
  prepare();
  Object.assign(plane, { chosen, cursor });
  show();
}

function showViews() {
  for (const button of $("views").children) button.setAttribute("aria-pressed", button.value === settings.view);
}

function showClasses() {
  const classes = Array.from({ length: learner.classes }, (_, c) => html("option", { value: c }, String(c)));
  const before = $("add-class").value;
  $("add-class").replaceChildren(...classes);
  if (before in classes) $("add-class").value = before;
}

colours();
if (given.model) {
  for (const id of ["data", "layer-buttons"]) $(id).hidden = true;
  document.querySelector("main").classList.add("given");
}
readAddress();
editor = new Editor((node, x) => {
  const place = learner.places.get(node);
  learner.trainer.parameters[place] = x;
  learner.trainer.place();
  learner.measure();
  show();
});
network = new Network($("drawing"), editor, look);
speak();
showViews();
listen();
begin();
