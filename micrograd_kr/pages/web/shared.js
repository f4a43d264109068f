// What the pages have in common. Text of a user only ever becomes text, never markup.

const $ = (id) => document.getElementById(id);
const read = (id) => JSON.parse($(id).textContent);
const words = read("words");
const language = () => document.documentElement.lang;
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const word = (key, values = {}) => fillIn(words[language()][key] ?? key, values);

const minus = (text) => text.replace(/-/g, "−");

/** To four digits, as the stepper writes them in a terminal, but with a real minus sign. */
function number(x) {
  x = Number(x); // "Infinity" and "NaN", which JSON cannot write as numbers, come as text
  if (Number.isNaN(x)) return "–"; // where there is no value
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : "−∞";
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return minus(String(x || 0));
  const [digits, power] = toFour(x);
  if (power >= -4 && Math.abs(x) < 1e6) return minus(String(Number(`${digits}e${power}`)));
  const sign = power < 0 ? "-" : "+";
  return minus(`${Number(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`);
}

/** Digits and power of ten. A half goes to the even digit, as in Python; JavaScript makes it larger. */
function toFour(x) {
  const half = x.toExponential(30).match(/^(-?\d\.\d\d[02468])50*e(.*)$/);
  const [digits, power] = half?.slice(1) ?? x.toExponential(3).split("e");
  return [digits, Number(power)];
}

const SVG = "http://www.w3.org/2000/svg";

function element(space, tag, attributes, children) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
const html = (tag, attributes = {}, ...children) =>
  element("http://www.w3.org/1999/xhtml", tag, attributes, children);
const svg = (tag, attributes = {}, ...children) => element(SVG, tag, attributes, children);

const isDark = () => {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function switchTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
}

/** Write the address behind `#`; with `push` the browser's way back leads to the one before. */
function writeHash(text, push = false) {
  try {
    history[push ? "pushState" : "replaceState"](null, "", `#${text}`);
    return true;
  } catch {
    return false; // a frame, as in a notebook, has no address of its own
  }
}
