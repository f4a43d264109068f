// What every part of the training page uses.

const given = read("given");

const percent = (share) => (share === undefined ? "–" : `${Math.round(100 * share)} %`);

/** An empty canvas, as sharp as the screen, to be drawn on in the page's own pixels. */
function sharpened(canvas) {
  const sharp = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(sharp * side));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.scale(sharp, sharp);
  return pen;
}

// ---- colours -------------------------------------------------------------------------------------

const POSITIVE = [31, 111, 196];
const NEGATIVE = [217, 112, 10];
const CLASS_COLOURS = [NEGATIVE, POSITIVE, [124, 77, 180], [0, 135, 108], [180, 60, 90],
  [90, 90, 90], [150, 120, 0], [0, 120, 160], [190, 90, 190], [110, 140, 60]];

const rgb = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * t);

let dark = false;
let paper = [255, 255, 255];
let frameColour = ""; // of a neuron
let shades = []; // of `signed`, from -1 to 1: to mix a colour for every pixel would take most of a frame

/** Make the colours for the present theme. */
function colours() {
  dark = isDark();
  paper = dark ? [30, 33, 38] : [255, 255, 255];
  frameColour = rgb(mix(paper, dark ? [255, 255, 255] : [0, 0, 0], 0.25));
  const shade = (t) => mix(paper, t > 0 ? POSITIVE : NEGATIVE, 0.9 * Math.abs(t));
  shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => shade((i - SHADES) / SHADES));
}

const SHADES = 100;

/** From orange at -1 over paper at 0 to blue at 1. */
const signed = (t) => shades[Math.round(SHADES * (1 + Math.max(-1, Math.min(1, t))))] ?? paper;
