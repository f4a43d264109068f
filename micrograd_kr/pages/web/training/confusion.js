// Of samples that are no points of a plane: which classes are taken for which, and the misread ones.

const SHOWN = 12; // misread samples

/** A row for each class, a column for what it was taken for. */
function confusion(learner, samples, found) {
  const table = Array.from({ length: learner.classes }, () => new Array(learner.classes).fill(0));
  const misread = [];
  samples.forEach((sample, i) => {
    const taken = learner.predicted(found, i);
    table[sample.label][taken] += 1;
    if (taken !== sample.label) misread.push({ sample, taken });
  });
  return { table, misread };
}

function drawConfusion(learner, choose) {
  const tested = learner.test.length > 0;
  const samples = tested ? learner.test : learner.train;
  const { table, misread } = confusion(learner, samples, tested ? learner.unseen : learner.seen);
  const head = table.map((_, c) => html("th", { scope: "col" }, String(c)));
  const rows = table.map((row, c) => {
    const most = Math.max(1, ...row);
    const cells = row.map((n, taken) => {
      const cell = html("td", {}, n ? String(n) : "");
      cell.style.background = rgb(signed((n / most) * (taken === c ? 0.6 : -0.8)));
      return cell;
    });
    return html("tr", {}, html("th", { scope: "row" }, String(c)), ...cells);
  });
  $("confusion").replaceChildren(
    html("caption", {}, word(tested ? "confusionTest" : "confusionTrain")),
    html("tr", {}, html("td", {}), ...head),
    ...rows,
  );
  $("misread-title").textContent = word(misread.length ? "misreadTitle" : "noneMisread", { n: misread.length });
  $("misread").replaceChildren(...misread.slice(0, SHOWN).map(({ sample, taken }) => misreadPicture(sample, taken, choose)));
}

function misreadPicture(sample, taken, choose) {
  const name = word("misread", { label: sample.label, taken });
  const button = html("button", { type: "button", title: name, "aria-label": name }, `${sample.label} → ${taken}`);
  const side = Math.sqrt(sample.x.length);
  if (Number.isInteger(side)) {
    const picture = html("canvas", { width: side, height: side });
    const most = Math.max(...sample.x) || 1;
    paint(picture, side, side, (square) => signed(sample.x[square] / most));
    button.prepend(picture);
  }
  button.addEventListener("click", () => choose(sample));
  return button;
}
