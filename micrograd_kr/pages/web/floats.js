// What the formulas of the table call, as Python does it: where Python raises an error, this refuses.

/** There is no number: "domain" for ValueError and ZeroDivisionError, "large" for OverflowError. */
function refuse(kind) {
  throw new Refusal(kind);
}

const isFinite = Number.isFinite;
const pi = Math.PI;
const { abs, atan, hypot, tanh } = Math;
const checked = (y, x) => (isFinite(y) || !isFinite(x) ? y : refuse(y === y ? "large" : "domain"));

const divide = (x, y) => (y === 0 ? refuse("domain") : x / y);
const sqrt = (x) => (x < 0 ? refuse("domain") : Math.sqrt(x));
const log = (x) => (x <= 0 ? refuse("domain") : Math.log(x));
const log2 = (x) => (x <= 0 ? refuse("domain") : Math.log2(x));
const log10 = (x) => (x <= 0 ? refuse("domain") : Math.log10(x));
const log1p = (x) => (x <= -1 ? refuse("domain") : Math.log1p(x));
const sin = (x) => (isFinite(x) ? Math.sin(x) : refuse("domain"));
const cos = (x) => (isFinite(x) ? Math.cos(x) : refuse("domain"));
const tan = (x) => (isFinite(x) ? Math.tan(x) : refuse("domain"));
const asin = (x) => (abs(x) > 1 ? refuse("domain") : Math.asin(x));
const acos = (x) => (abs(x) > 1 ? refuse("domain") : Math.acos(x));
const sinh = (x) => checked(Math.sinh(x), x);
const cosh = (x) => checked(Math.cosh(x), x);
const expm1 = (x) => checked(Math.expm1(x), x);
const exp = (x) => checked(Math.exp(x), x);

function pow(x, y) {
  if (x === 0 && y < 0) return refuse("domain");
  if (abs(x) === 1 && abs(y) === Infinity) return 1; // NaN in JavaScript
  return checked(x ** y, Math.max(abs(x), abs(y)));
}

/**
 * The error function. Near 0 the series of positive terms
 * 2/√π · exp(-x²) · (x + 2x³/3 + 4x⁵/15 + …); far from it 1 - erfc by its continued
 * fraction (Abramowitz & Stegun, 7.1.6 and 7.1.14).
 */
function erf(x) {
  const size = abs(x);
  if (size >= 6) return Math.sign(x);
  const square = x * x;
  if (size < 2) {
    let series = 1; // the smallest term first
    for (let n = 50; n > 0; n--) series = 1 + (square / (n + 0.5)) * series;
    return (2 / Math.sqrt(pi)) * x * bell(x) * series;
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - bell(x) / (Math.sqrt(pi) * fraction));
}

/** exp(-x²): the square in two parts, the first of which is exact. */
function bell(x) {
  const short = Math.fround(x);
  return Math.exp(-short * short) * Math.exp(-(x - short) * (x + short));
}

// ---- functions of lists: `x` and `y` are where the operands begin, `n` is how many --------------

/** The sum rounded once, as math.fsum: what each addition loses is kept beside it (Shewchuk 1997). */
function sum(graph, n, x) {
  const { values, operands } = graph;
  const parts = []; // of growing size, without overlap: their sum is exact
  for (let i = 0; i < n; i++) {
    let rest = values[operands[x + i]];
    let kept = 0;
    for (const part of parts) {
      const [large, small] = abs(rest) < abs(part) ? [part, rest] : [rest, part];
      const high = large + small;
      const low = small - (high - large);
      if (low !== 0) parts[kept++] = low;
      rest = high;
    }
    parts.length = kept;
    parts.push(rest);
    if (!isFinite(rest)) refuse("large");
  }
  return rounded(parts);
}

/** The sum of the parts: a half is rounded to where the smaller parts lie. */
function rounded(parts) {
  let k = parts.length;
  let high = k ? parts[--k] : 0;
  let low = 0;
  while (k && low === 0) {
    const before = high;
    const part = parts[--k];
    high = before + part;
    low = part - (high - before);
  }
  if (k && low * parts[k - 1] > 0 && high + 2 * low - high === 2 * low) high += 2 * low;
  return high;
}

function dot(graph, n, x, y) {
  const { values, operands } = graph;
  let total = 0;
  for (let i = 0; i < n; i++) total += values[operands[x + i]] * values[operands[y + i]];
  return total;
}

function logsumexp(graph, n, x) {
  const { values, operands } = graph;
  let top = -Infinity; // the largest exponent becomes 0: nothing overflows
  for (let i = 0; i < n; i++) top = Math.max(top, values[operands[x + i]]);
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.exp(values[operands[x + i]] - top);
  return n ? top + Math.log(total) : refuse("domain");
}
