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

/** An empty canvas, as sharp as the screen, to be drawn on in the page's own pixels. */
function sharpened(canvas) {
  const sharp = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * sharp; // which also wipes it
  canvas.height = canvas.clientHeight * sharp;
  const pen = canvas.getContext("2d");
  pen.scale(sharp, sharp);
  return pen;
}

// ---- colours -------------------------------------------------------------------------------------

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark" ||
  (document.documentElement.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);

const POSITIVE = [31, 111, 196];
const NEGATIVE = [217, 112, 10];
const CLASS_COLOURS = [NEGATIVE, POSITIVE, [124, 77, 180], [0, 135, 108], [180, 60, 90],
  [90, 90, 90], [150, 120, 0], [0, 120, 160], [190, 90, 190], [110, 140, 60]];

const rgb = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * t);

let paper = [255, 255, 255];
let shades = []; // of `signed`, from -1 to 1: to mix a colour for every pixel would take most of a frame

/** Make the colours for the present theme. */
function colours() {
  paper = isDark() ? [30, 33, 38] : [255, 255, 255];
  const shade = (t) => mix(paper, t > 0 ? POSITIVE : NEGATIVE, 0.9 * Math.abs(t));
  shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => shade((i - SHADES) / SHADES));
}

const SHADES = 100;

/** From orange at -1 over paper at 0 to blue at 1. */
const signed = (t) => shades[Math.round(SHADES * (1 + Math.max(-1, Math.min(1, t))))] ?? paper;
