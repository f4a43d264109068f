// A file of the learner's own: two columns of numbers and a class. Nothing of it leaves the page.

/** Thrown with the word that says what is wrong, and its values. */
class Unreadable extends Error {
  constructor(key, values) {
    super(key);
    this.values = values;
  }
}

/** The samples in a text of lines `x1, x2, class`; a first line of words is a heading. */
function readCsv(text) {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: i + 1, cells: cells(line) }));
  const rows = lines.filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (rows.length && rows[0].cells.slice(0, 2).every((cell) => Number.isNaN(toNumber(cell)))) rows.shift();
  const names = new Map(); // of the classes, in the order they come
  const samples = rows.map(({ line, cells }) => {
    if (cells.length !== 3) throw new Unreadable("csvColumns", { line, n: cells.length });
    const x = cells.slice(0, 2).map((cell) => {
      const x = toNumber(cell);
      if (!Number.isFinite(x)) throw new Unreadable("csvNumber", { line, text: cell.slice(0, 30) || "—" });
      return x;
    });
    if (!names.has(cells[2])) names.set(cells[2], names.size);
    return { x, y: names.get(cells[2]) };
  });
  if (names.size > 10) throw new Unreadable("csvMany", { n: names.size });
  if (samples.length < 4 || names.size < 2) throw new Unreadable("csvFew", { n: samples.length });
  return { samples: samples.map(({ x, y }) => ({ x, y })), classes: names.size };
}

const cells = (line) => line.split(line.includes(";") ? ";" : line.includes("\t") ? "\t" : ",").map((cell) => cell.trim());
const toNumber = (cell) => (cell === "" ? NaN : Number(cell));
