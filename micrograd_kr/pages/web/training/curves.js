// The losses over the epochs, of the training data (a line) and of the test data (dashes).

function drawCurves(canvas, learner) {
  const pen = sharpened(canvas);
  const { clientWidth: width, clientHeight: height } = canvas;
  const [left, right, top, bottom] = [52, width - 10, 12, height - 24];
  const losses = learner.curve.flatMap(({ train, test }) => [train, test]).filter(Number.isFinite);
  if (!losses.length) return;
  const scale = settings.log ? (x) => Math.log10(Math.max(x, 1e-12)) : (x) => x;
  const most = Math.max(...losses.map(scale));
  const least = settings.log ? Math.min(...losses.map(scale)) : 0;
  const last = Math.max(1, learner.curve.at(-1).epoch);
  const x = (epoch) => left + (epoch / last) * (right - left);
  const y = (loss) => bottom - ((scale(loss) - least) / (most - least || 1)) * (bottom - top);
  axes(pen, { left, right, top, bottom, last, least, most });
  line(pen, learner.curve, (point) => [x(point.epoch), y(point.train)], rgb(POSITIVE), []);
  const tested = learner.curve.filter((point) => Number.isFinite(point.test));
  line(pen, tested, (point) => [x(point.epoch), y(point.test)], rgb(NEGATIVE), [6, 4]);
  const { epoch } = learner.now;
  if (epoch < last) line(pen, [top, bottom], (edge) => [x(epoch), edge], getComputedStyle(document.body).color, [2, 3]);
}

function axes(pen, { left, right, top, bottom, last, least, most }) {
  const style = getComputedStyle(document.body);
  pen.strokeStyle = rgb(mix(paper, dark ? [255, 255, 255] : [0, 0, 0], 0.2));
  pen.fillStyle = style.color;
  pen.font = "13px system-ui, sans-serif";
  pen.setLineDash([]);
  pen.lineWidth = 1;
  pen.strokeRect(left, top, right - left, bottom - top);
  const shown = (level) => number(Number((settings.log ? 10 ** level : level).toPrecision(2)));
  pen.textAlign = "right";
  pen.fillText(shown(most), left - 6, top + 10);
  pen.fillText(shown(least), left - 6, bottom);
  pen.fillText(word("epochShort", { n: last }), right, bottom + 17);
}

function line(pen, points, place, colour, dashes) {
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.setLineDash(dashes);
  pen.beginPath();
  for (const point of points) pen.lineTo(...place(point));
  pen.stroke();
}
