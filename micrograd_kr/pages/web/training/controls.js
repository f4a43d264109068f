// The controls: each shows one setting and, when it is changed, says so.

const AGAIN = "again"; // the network starts anew
const ONGOING = "ongoing"; // it takes hold while training goes on

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100];
const PENALTIES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];
const BATCHES = [0, 1, 2, 5, 10, 20, 30, 50, 100];

function controls() {
  const data = given.model ? [] : [
    choice("data", Object.keys(sources()), AGAIN),
    range("n", 20, 500, 10, AGAIN),
    range("noise", 0, 0.5, 0.01, AGAIN),
    range("test", 0, 0.9, 0.05, AGAIN),
    typed("seed", AGAIN),
  ];
  const network = given.model ? [] : [
    ...settings.layers.map((_, l) => activationOf(l)),
    choice("init", Object.keys(INITIAL), AGAIN),
  ];
  const training = [
    choice("loss", losses(), AGAIN),
    given.model ? null : choice("optimizer", Object.keys(OPTIMIZERS), AGAIN),
    choice("lr", RATES.includes(settings.lr) ? RATES : [settings.lr, ...RATES], ONGOING),
    choice("batch", BATCHES.includes(settings.batch) ? BATCHES : [settings.batch, ...BATCHES], ONGOING),
    choice("l1", PENALTIES.includes(settings.l1) ? PENALTIES : [settings.l1, ...PENALTIES], ONGOING),
    choice("l2", PENALTIES.includes(settings.l2) ? PENALTIES : [settings.l2, ...PENALTIES], ONGOING),
  ].filter(Boolean);
  $("data-controls").replaceChildren(...data);
  $("settings-controls").replaceChildren(...network, ...training);
}

/** A teacher hides what a lesson is not about: a setting, or a part of the page by its id. */
function hide(key) {
  const part = document.querySelector(`[data-setting="${CSS.escape(key)}"]`) ?? $(key);
  if (part) part.hidden = true;
}

function labelled(key, text, ...parts) {
  return html("label", { "data-setting": key }, html("span", {}, text), ...parts);
}

const shownAs = (key, value) => {
  if (key === "batch" && value === 0) return word("all");
  return typeof value === "number" ? number(value) : word(value ?? "none");
};

function choice(key, values, effect) {
  const options = values.map((value) => html("option", { value }, shownAs(key, value)));
  const select = html("select", { id: `set-${key}` }, ...options);
  select.value = settings[key];
  const isNumber = typeof DEFAULTS[key] === "number";
  select.addEventListener("change", () => change({ [key]: isNumber ? Number(select.value) : select.value }, effect));
  return labelled(key, word(key), select);
}

function range(key, min, max, step, effect) {
  const output = html("output", {}, number(settings[key]));
  const input = html("input", { type: "range", id: `set-${key}`, min, max, step });
  input.value = settings[key];
  input.addEventListener("input", () => {
    output.textContent = number(Number(input.value));
    change({ [key]: Number(input.value) }, effect);
  });
  const text = html("span", {}, word(key), " ");
  text.append(output);
  return html("label", { "data-setting": key }, text, input);
}

function typed(key, effect) {
  const [min, max] = LIMITS[key];
  const input = html("input", { type: "number", id: `set-${key}`, min, max, step: 1 });
  input.value = settings[key];
  input.addEventListener("change", () => change({ [key]: parsed(key, input.value) }, effect));
  return labelled(key, word(key), input);
}

function activationOf(l) {
  const names = Object.keys(given.activations);
  const select = html("select", { id: `set-activation-${l}` }, ...names.map((name) => html("option", { value: name }, name)));
  select.value = settings.activations[l];
  select.addEventListener("change", () => {
    const activations = settings.activations.with(l, select.value);
    change({ activations }, AGAIN);
  });
  return labelled("activations", word("activationOf", { n: l + 1 }), select);
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
    const picture = html("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
    const heights = [];
    for (let square = 0; square < GRID * GRID; square++)
      heights.push(FEATURES[name](...plane.spot((square % GRID) / GRID, 1 - Math.floor(square / GRID) / GRID)));
    const most = Math.max(...heights.map(Math.abs)) || 1;
    paint(picture, GRID, (square) => signed(heights[square] / most));
    return html("label", {}, box, picture, name);
  });
  $("features").replaceChildren($("features").firstElementChild, ...boxes);
}
