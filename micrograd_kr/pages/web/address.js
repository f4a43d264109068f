// The address says the moment: #step=5&n0=2.5&mode=predict. A link shows it again. In a frame of the page
// where a network learns the moment comes from there, as `recording.address`, and is told to it.

const isOn = { predict: () => state.predict, hall: () => document.body.classList.contains("hall"), weights: () => state.weights };

const foldedAtFirst = Boolean(folded?.first) || (!foldable && Boolean(folded));

function address() {
  const parts = new URLSearchParams();
  if (state.at !== (recording.at ?? 0)) parts.set("step", state.at);
  for (const i of leaves) if (nodes[i].data !== recorded[i]) parts.set(`n${i}`, nodes[i].data);
  const modes = Object.keys(isOn).filter((mode) => isOn[mode]());
  if (modes.length) parts.set("mode", modes.join("."));
  if (state.folded !== foldedAtFirst) parts.set("fold", Number(state.folded));
  if (state.closed.size && !state.folded) parts.set("closed", [...state.closed].join("."));
  if (state.lang !== state.first) parts.set("lang", state.lang);
  return parts.toString();
}

/** Written when the hand has come to rest: browsers allow so many changes a second. */
function remind() {
  clearTimeout(state.writing);
  state.writing = setTimeout(() => {
    if (recording.address !== undefined) parent.postMessage(address(), "*");
    else if (address() !== location.hash.slice(1)) writeHash(address());
  }, 200);
}

function readAddress() {
  const parts = new URLSearchParams(recording.address ?? location.hash.slice(1));
  if (state.read && parts.toString() === address()) return;
  state.read = true;
  const modes = (parts.get("mode") ?? "").split(".");
  state.predict = modes.includes("predict");
  state.weights = modes.includes("weights");
  setHall(modes.includes("hall"));
  setLeaves(leaves.map((i) => [i, numberAt(parts, i)]));
  const step = Number(parts.get("step") ?? recording.at ?? 0);
  state.at = Number.isInteger(step) ? Math.max(0, Math.min(last, step)) : 0;
  closeNeurons((parts.get("closed") ?? "").split(".").map(Number).filter((i) => neurons.some(({ outputs }) => outputs.includes(i))));
  fold(parts.has("fold") ? parts.get("fold") === "1" : foldedAtFirst);
  speak(parts.get("lang") in words ? parts.get("lang") : state.first);
}

function numberAt(parts, i) {
  const given = parts.get(`n${i}`);
  const x = Number(given);
  return given && Number.isFinite(x) ? x : recorded[i];
}

addEventListener("hashchange", () => {
  stop();
  readAddress();
});
