// What every part of the page uses. Text of a user only ever becomes text, never markup.

const $ = (id) => document.getElementById(id);
const given = JSON.parse($("given").textContent);
const words = JSON.parse($("words").textContent);

const language = () => document.documentElement.lang;
const word = (key, values = {}) =>
  (words[language()][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  return filled(made, attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** To four digits, with a real minus sign. */
function number(x) {
  if (x === undefined || Number.isNaN(x)) return "–";
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : "−∞";
  const short = Number.isInteger(x) && Math.abs(x) < 1e6 ? x : Number(x.toPrecision(4));
  const plain = short === 0 || (Math.abs(short) >= 1e-4 && Math.abs(short) < 1e6);
  return String(plain ? short : short.toExponential()).replace(/-/g, "−");
}

const percent = (share) => (share === undefined ? "–" : `${Math.round(100 * share)} %`);

// ---- colours -------------------------------------------------------------------------------------

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark" ||
  (document.documentElement.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);

const POSITIVE = [31, 111, 196];
const NEGATIVE = [217, 112, 10];
const CLASS_COLOURS = [NEGATIVE, POSITIVE, [124, 77, 180], [0, 135, 108], [180, 60, 90],
  [90, 90, 90], [150, 120, 0], [0, 120, 160], [190, 90, 190], [110, 140, 60]];

const rgb = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * t);
const paper = () => (isDark() ? [30, 33, 38] : [255, 255, 255]);

/** From orange at -1 over paper at 0 to blue at 1. */
function signed(t) {
  const size = Math.min(1, Math.abs(t));
  return mix(paper(), t > 0 ? POSITIVE : NEGATIVE, 0.9 * size);
}
