// The controls: each shows one setting and, when it is changed, says so.

const AGAIN = "again"; // the network starts anew
const ONGOING = "ongoing"; // it takes hold while training goes on

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100];
const PENALTIES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];
const BATCHES = [0, 1, 2, 5, 10, 20, 30, 50, 100];
const THUMB = 48; // pixels a side

let made = ""; // for what the controls were made

/** Show the settings; the controls themselves are only made anew when others are needed. */
function controls() {
  const needed = JSON.stringify([language(), dark, losses(), Object.keys(sources())]);
  if (needed !== made) makeControls();
  made = needed;
  for (const key of Object.keys(DEFAULTS)) showSetting(key, $(`set-${key}`));
  for (const box of $("data-sets").querySelectorAll("input")) box.checked = box.value === settings.data;
}

function makeControls() {
  const data = given.model ? [] : [
    range("n", 20, 500, 10),
    range("noise", 0, 0.5, 0.01),
    range("test", 0, 0.9, 0.05),
    typed("seed", AGAIN),
  ];
  const training = [
    choice("loss", losses(), AGAIN),
    given.model ? "" : choice("optimizer", Object.keys(OPTIMIZERS), AGAIN),
    choice("lr", RATES, ONGOING),
    choice("batch", BATCHES, ONGOING),
    given.model ? "" : choice("init", Object.keys(INITIAL), AGAIN),
    choice("l1", PENALTIES, ONGOING),
    choice("l2", PENALTIES, ONGOING),
  ];
  $("data-controls").replaceChildren(...data);
  $("settings-controls").replaceChildren(...training);
  if (!given.model) $("data-sets").replaceChildren($("data-sets").firstElementChild, ...dataSets());
}

/** A number that is none of the choices becomes one. */
function showSetting(key, control) {
  if (!control) return;
  const text = String(settings[key]);
  if (control.options && ![...control.options].some(({ value }) => value === text))
    control.prepend(html("option", { value: text }, shownAs(key, settings[key])));
  control.value = text;
  const output = control.parentElement.querySelector("output");
  if (output) output.textContent = number(settings[key]);
}

/** A teacher hides what a lesson is not about: a setting, or a part of the page by its id. */
function hide(key) {
  const parts = document.querySelectorAll(`[data-setting="${CSS.escape(key)}"]`);
  for (const part of parts.length ? parts : [$(key)]) if (part) part.hidden = true;
}

function labelled(key, ...parts) {
  return html("label", { "data-setting": key }, html("span", {}, word(key)), ...parts);
}

const shownAs = (key, value) => {
  if (key === "batch" && value === 0) return word("all");
  return typeof value === "number" ? number(value) : word(value ?? "none");
};

function choice(key, values, effect) {
  const options = values.map((value) => html("option", { value }, shownAs(key, value)));
  const select = html("select", { id: `set-${key}` }, ...options);
  const isNumber = typeof DEFAULTS[key] === "number";
  select.addEventListener("change", () => change({ [key]: isNumber ? Number(select.value) : select.value }, effect));
  return labelled(key, select);
}

function range(key, min, max, step) {
  const input = html("input", { type: "range", id: `set-${key}`, min, max, step });
  input.addEventListener("input", () => change({ [key]: Number(input.value) }, AGAIN));
  const made = labelled(key, input);
  made.firstElementChild.append(" ", html("output"));
  return made;
}

function typed(key, effect) {
  const [min, max] = LIMITS[key];
  const input = html("input", { type: "number", id: `set-${key}`, min, max, step: 1 });
  input.addEventListener("change", () => change({ [key]: parsed(key, input.value) }, effect));
  return labelled(key, input);
}

function activationOf(l) {
  const names = Object.keys(given.activations);
  const options = names.map((name) => html("option", { value: name }, name));
  const attributes = { id: `set-activation-${l}`, "data-setting": "activations", "aria-label": word("activationOf", { n: l + 1 }) };
  const select = html("select", attributes, ...options);
  select.value = settings.activations[l];
  select.addEventListener("change", () => change({ activations: settings.activations.with(l, select.value) }, AGAIN));
  return select;
}

// ---- what is chosen by its picture -----------------------------------------------------------------

/** The data sets, each as its points. */
function dataSets() {
  return Object.entries(sources()).map(([name, source]) => {
    const box = html("input", { type: "radio", name: "data", value: name });
    box.addEventListener("change", () => change({ data: name }, AGAIN));
    const picture = html("canvas", { width: THUMB, height: THUMB, "aria-hidden": "true" });
    const samples = source.make(80, source.noise, new Random(1)).slice(0, 150);
    const around = new Plane(picture);
    around.frame(samples.map(({ x }) => ({ at: x })));
    const pen = picture.getContext("2d");
    for (const { x, y } of samples) {
      pen.fillStyle = rgb(source.classes ? CLASS_COLOURS[y] : signed(y));
      pen.beginPath();
      pen.arc(...around.pixel(x), 1.7, 0, 2 * Math.PI);
      pen.fill();
    }
    return html("label", {}, box, picture, html("span", {}, word(name)));
  });
}

/** The input features, each with its picture over the plane. */
function featureControls(plane) {
  const boxes = Object.keys(FEATURES).map((name) => {
    const box = html("input", { type: "checkbox", value: name });
    box.checked = settings.features.includes(name);
    box.addEventListener("change", () => {
      const features = Object.keys(FEATURES).filter((other) => (other === name ? box.checked : settings.features.includes(other)));
      if (features.length) change({ features }, AGAIN);
      else box.checked = true;
    });
    const picture = html("canvas", { "aria-hidden": "true" });
    const heights = [];
    for (let square = 0; square < GRID * GRID; square++)
      heights.push(FEATURES[name](...plane.spot((square % GRID) / GRID, 1 - Math.floor(square / GRID) / GRID)));
    const most = Math.max(...heights.map(Math.abs)) || 1;
    paint(picture, GRID, GRID, (square) => signed(heights[square] / most));
    return html("label", {}, box, picture, html("span", {}, name));
  });
  $("features").replaceChildren($("features").firstElementChild, ...boxes);
}
