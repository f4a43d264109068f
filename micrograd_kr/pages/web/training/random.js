// Python's `random.Random(seed)`: the same seed gives the page the same data as Python.
// The generator is the Mersenne Twister (Matsumoto & Nishimura, 1998).

const STATE = 624; // words of its state
const OFFSET = 397;

class Random {
  /** `seed`: a whole number from 0 to 2³² - 1. */
  constructor(seed) {
    this.words = new Uint32Array(STATE);
    this.at = STATE; // of the words, so many are used up
    this.kept = null; // `gauss` makes two numbers at a time
    this.seed(seed);
  }

  /** Mix the seed into a state that another, fixed seed has filled. */
  seed(seed) {
    const { words } = this;
    words[0] = 19650218;
    for (let i = 1; i < STATE; i++) words[i] = Math.imul(1812433253, mixed(words[i - 1])) + i;
    let i = 1;
    for (let turn = 0; turn < STATE; turn++) {
      words[i] = (words[i] ^ Math.imul(mixed(words[i - 1]), 1664525)) + seed;
      i = this.after(i);
    }
    for (let turn = 1; turn < STATE; turn++) {
      words[i] = (words[i] ^ Math.imul(mixed(words[i - 1]), 1566083941)) - i;
      i = this.after(i);
    }
    words[0] = 0x80000000;
  }

  after(i) {
    if (i + 1 < STATE) return i + 1;
    this.words[0] = this.words[STATE - 1];
    return 1;
  }

  /** Make the next 624 words out of the last. */
  turn() {
    const { words } = this;
    for (let i = 0; i < STATE; i++) {
      const pair = (words[i] & 0x80000000) | (words[(i + 1) % STATE] & 0x7fffffff);
      const odd = pair & 1 ? 0x9908b0df : 0;
      words[i] = words[(i + OFFSET) % STATE] ^ (pair >>> 1) ^ odd;
    }
    this.at = 0;
  }

  /** A whole number of 32 random bits. */
  word() {
    if (this.at === STATE) this.turn();
    let y = this.words[this.at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** From 0 to below 1, in steps of 2⁻⁵³. */
  random() {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  uniform(from, to) {
    return from + (to - from) * this.random();
  }

  /** Normally distributed (Box & Muller, 1958). */
  gauss(mean, deviation) {
    let z = this.kept;
    this.kept = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.kept = Math.sin(angle) * radius;
    }
    return mean + z * deviation;
  }

  /** A whole number from 0 to below `n`. */
  below(n) {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const found = this.word() >>> (32 - bits);
      if (found < n) return found;
    }
  }

  /** Put a list in random order. */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
}

const mixed = (word) => word ^ (word >>> 30);
