// The toy data sets, point for point those of `micrograd_kr.training`.

const { cos, sin, hypot, PI } = Math;

const moon = (c, t) => (c ? [1 - cos(PI * t), 0.5 - sin(PI * t)] : [cos(PI * t), sin(PI * t)]);

const circle = (c, t) => {
  const radius = c ? 0.5 : 1;
  return [radius * cos(2 * PI * t), radius * sin(2 * PI * t)];
};

const arm = (c, t) => {
  const radius = 0.05 + 0.95 * t;
  const angle = (2 * PI * c) / 3 + 4 * t;
  return [radius * cos(angle), radius * sin(angle)];
};

const CORNERS = [[[-1, -1], [1, 1]], [[-1, 1], [1, -1]]];
const corner = (c, t) => CORNERS[c][t > 0.5 ? 1 : 0];

const center = (c) => [cos((2 * PI * c) / 3), sin((2 * PI * c) / 3)];

/** Yin is 0, yang 1, the dots 2 (Kriener, Göltz & Petrovici, 2022). */
function half(x, y) {
  const left = hypot(x + 0.5, y);
  const right = hypot(x - 0.5, y);
  if (Math.min(left, right) < 0.2) return 2;
  return left <= 0.5 || (y > 0 && right > 0.5) ? 0 : 1;
}

/** The first point of the square that falls into class `c`. */
function inside(c, t, rng) {
  for (;;) {
    const x = rng.uniform(-1, 1);
    const y = rng.uniform(-1, 1);
    if (hypot(x, y) <= 1 && half(x, y) === c) return [x, y];
  }
}

/** Points along one curve for each class, as many for each as can be, with noise, shuffled. */
function curves(curve, n, classes, noise, rng, closed = false) {
  const samples = [];
  for (let c = 0; c < classes; c++) {
    const rest = c >= classes - (n % classes) ? 1 : 0; // the last classes get the rest
    const count = Math.floor(n / classes) + rest;
    for (let i = 0; i < count; i++) {
      const t = closed ? i / count : i / Math.max(count - 1, 1);
      const [x1, x2] = curve(c, t, rng);
      samples.push({ x: [rng.gauss(x1, noise), rng.gauss(x2, noise)], y: c });
    }
  }
  rng.shuffle(samples);
  return samples;
}

/** Points of the square, and the height of a surface over each, with noise. */
function heights(height, n, noise, rng) {
  const samples = [];
  for (let i = 0; i < n; i++) {
    const x = [rng.uniform(-1, 1), rng.uniform(-1, 1)];
    samples.push({ x, y: rng.gauss(height(...x), noise) });
  }
  return samples;
}

const slope = (x1, x2) => (x1 + x2) / 2;
const hill = (x1, x2) => Math.exp(-4 * (x1 * x1 + x2 * x2));
const wave = (x1) => sin(PI * x1);

/** What can be learned: how many classes (0: a number is predicted), the usual noise, the points. */
const DATA_SETS = {
  moons: { classes: 2, noise: 0.1, make: (n, noise, rng) => curves(moon, n, 2, noise, rng) },
  circles: { classes: 2, noise: 0.05, make: (n, noise, rng) => curves(circle, n, 2, noise, rng, true) },
  spirals: { classes: 3, noise: 0.02, make: (n, noise, rng) => curves(arm, n, 3, noise, rng) },
  xor: { classes: 2, noise: 0.2, make: (n, noise, rng) => curves(corner, n, 2, noise, rng) },
  blobs: { classes: 3, noise: 0.2, make: (n, noise, rng) => curves(center, n, 3, noise, rng) },
  "yin-yang": { classes: 3, noise: 0, make: (n, noise, rng) => curves(inside, n, 3, noise, rng) },
  plane: { classes: 0, noise: 0.05, make: (n, noise, rng) => heights(slope, n, noise, rng) },
  hill: { classes: 0, noise: 0.05, make: (n, noise, rng) => heights(hill, n, noise, rng) },
  sin: { classes: 0, noise: 0.05, make: (n, noise, rng) => heights(wave, n, noise, rng) },
};

/** Shuffled and cut in two, as `train_test_split` does: `share` of the points are for the test. */
function split(samples, share, seed) {
  const count = halfToEven(share * samples.length);
  const order = samples.map((_, i) => i);
  if (count > 0 && count < samples.length) new Random(seed).shuffle(order);
  const pick = (places) => places.map((i) => samples[i]);
  return { test: pick(order.slice(0, count)), train: pick(order.slice(count)) };
}

/** Python's `round`: 0.5 goes to the even neighbour. */
function halfToEven(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
