// Everything the learner may choose. It stands in the address behind `#`, so that a link shows the same.

const FEATURES = {
  x1: (x1) => x1,
  x2: (_, x2) => x2,
  "x1²": (x1) => x1 * x1,
  "x2²": (_, x2) => x2 * x2,
  "x1·x2": (x1, x2) => x1 * x2,
  "sin x1": (x1) => Math.sin(Math.PI * x1),
  "sin x2": (_, x2) => Math.sin(Math.PI * x2),
};

const DEFAULTS = {
  data: "moons", n: 100, noise: 0, test: 0.3, seed: 1,
  features: ["x1", "x2"], layers: [8, 8], activations: ["tanh", "tanh"],
  init: "xavier", loss: "binary_cross_entropy", optimizer: "Adam", lr: 0.03, batch: 0, l1: 0, l2: 0,
  view: "weights", speed: "normal", log: false, showTest: true, hard: false, epoch: 0, hide: [],
};

const LIMITS = { n: [4, 2000], noise: [0, 1], test: [0, 0.9], seed: [0, 2 ** 32 - 1], lr: [1e-6, 1e3],
  batch: [0, 2000], l1: [0, 10], l2: [0, 10], epoch: [0, 1e6], layers: [1, 64] };

const atFirst = { ...DEFAULTS, ...given.settings };
const settings = structuredClone(atFirst);

/** The noise that data have if nobody says otherwise. */
function usualNoise(data) {
  const chosen = data === atFirst.data ? given.settings.noise : undefined;
  return chosen ?? sources()[data]?.noise ?? 0;
}

/** Read one setting of an address; what cannot be read stays as it is. */
function parsed(key, text) {
  const usual = DEFAULTS[key];
  if (key === "layers") return text === "" ? [] : text.split(",").map(Number).filter(isWidth).slice(0, 6);
  if (key === "features") return text.split(",").filter((name) => name in FEATURES);
  if (Array.isArray(usual)) return text.split(",").filter(Boolean);
  if (typeof usual === "boolean") return text === "1";
  if (typeof usual === "string") return text;
  const [least, most] = LIMITS[key];
  const x = Number(text);
  return Number.isFinite(x) ? Math.min(most, Math.max(least, x)) : settings[key];
}

const isWidth = (n) => Number.isInteger(n) && n >= LIMITS.layers[0] && n <= LIMITS.layers[1];

function written(value) {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "boolean" ? String(Number(value)) : String(value);
}

function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  Object.assign(settings, structuredClone(atFirst));
  for (const key of Object.keys(DEFAULTS)) if (found.has(key)) settings[key] = parsed(key, found.get(key));
  if (!found.has("noise")) settings.noise = usualNoise(settings.data);
  walked = found.has("walk") ? { place: Number(found.get("walk")), moment: found.get("moment") ?? "" } : null;
  if (["ko", "en"].includes(found.get("lang"))) document.documentElement.lang = found.get("lang");
  sensible();
}

let walked = null; // the place of the sample that is walked through, and the moment of the step page
let address = ""; // as it was written last

/** Only what differs from the usual is written. */
function writeAddress(push = false) {
  const usual = { ...atFirst, noise: usualNoise(settings.data) };
  const changed = Object.keys(DEFAULTS).filter((key) => written(settings[key]) !== written(usual[key]));
  const pairs = changed.map((key) => [key, written(settings[key])]);
  if (language() !== given.lang) pairs.push(["lang", language()]);
  if (walked) pairs.push(["walk", walked.place]);
  if (walked?.moment) pairs.push(["moment", walked.moment]);
  address = String(new URLSearchParams(pairs));
  return writeHash(address, push);
}

/** An address without the walk: what the network is. */
function withoutWalk(text) {
  const parts = new URLSearchParams(text);
  for (const key of ["walk", "moment"]) parts.delete(key);
  return String(parts);
}

/** What is not there, or does not fit together, becomes what is usual. */
function sensible() {
  if (!(settings.data in sources())) {
    settings.data = Object.keys(sources())[0];
    settings.noise = usualNoise(settings.data);
  }
  if (!settings.features.length) settings.features = ["x1", "x2"];
  settings.activations = settings.layers.map((_, l) => {
    const name = settings.activations[l] ?? settings.activations.at(-1) ?? "tanh";
    return name in given.activations ? name : "tanh";
  });
  if (!(settings.init in INITIAL)) settings.init = DEFAULTS.init;
  if (!(settings.optimizer in OPTIMIZERS)) settings.optimizer = DEFAULTS.optimizer;
  const fitting = losses();
  if (!fitting.includes(settings.loss)) [settings.loss] = fitting;
  for (const key of ["view", "speed"]) if (!CHOICES[key].includes(settings[key])) settings[key] = DEFAULTS[key];
}

const CHOICES = { view: ["weights", "gradients", "activations"], speed: ["slow", "normal", "fast"] };

/** The data there is: the toy sets, and the learner's own. */
function sources() {
  return given.model ? { own } : own.samples ? { ...DATA_SETS, own } : DATA_SETS;
}

const own = { classes: 0, noise: 0, samples: null, make: () => own.samples, ...given.own };
if (given.model) own.classes = given.model.classes;

/** The losses that fit the data. */
function losses() {
  if (given.model) return [given.model.loss];
  const { classes } = sources()[settings.data];
  if (classes === 0) return ["mse"];
  return classes === 2 ? ["binary_cross_entropy", "cross_entropy", "hinge", "mse"] : ["cross_entropy"];
}
