// The functions of lists, for all samples at once: `out[s]` for each sample s of `size`.
// `x` and `y` are where the operands begin, `n` is how many.

function dotAll(values, operands, size, out, n, x, y) {
  out.fill(0);
  for (let i = 0; i < n; i++) {
    const X = operands[x + i] * size;
    const Y = operands[y + i] * size;
    for (let s = 0; s < size; s++) out[s] += values[X + s] * values[Y + s];
  }
}

function sumAll(values, operands, size, out, n, x) {
  out.fill(0);
  const lost = new Float64Array(size); // by each addition (Neumaier, 1974)
  for (let i = 0; i < n; i++) {
    const X = operands[x + i] * size;
    for (let s = 0; s < size; s++) {
      const term = values[X + s];
      const total = out[s] + term;
      const larger = abs(out[s]) >= abs(term);
      lost[s] += larger ? out[s] - total + term : term - total + out[s];
      out[s] = total;
    }
  }
  for (let s = 0; s < size; s++) out[s] += lost[s];
}

function logsumexpAll(values, operands, size, out, n, x) {
  for (let s = 0; s < size; s++) {
    let top = -Infinity;
    for (let i = 0; i < n; i++) top = Math.max(top, values[operands[x + i] * size + s]);
    let total = 0;
    for (let i = 0; i < n; i++) total += Math.exp(values[operands[x + i] * size + s] - top);
    out[s] = top + Math.log(total);
  }
}
