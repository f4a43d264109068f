// The state of the page and the ways to change it. `show` draws everything from the state, so that the
// buttons, the slider and the keys cannot disagree.

const state = {
  at: recording.at ?? 0, lang: document.documentElement.lang, first: document.documentElement.lang, timer: 0,
  whole: false, weights: false, predict: false, folded: false,
  closed: new Set(), // neurons that are folded in the open picture, each by its outputs
  pinned: null, hovered: null, marked: null, leaf: undefined,
  epoch: 0, // counts what changes the numbers at one and the same step
  told: "", writing: 0,
};

function show() {
  const { at, lang } = state;
  const text = phase().join(" ");
  $("slider").value = at;
  $("slider").setAttribute("aria-valuetext", text);
  for (const id of ["first", "back", "next", "last"]) // which keep the focus, unlike disabled ones
    $(id).setAttribute("aria-disabled", at === (id === "first" || id === "back" ? 0 : last));
  $("status").textContent = statusText(text);
  $("predict").setAttribute("aria-pressed", state.predict);
  $("weights").setAttribute("aria-pressed", state.weights);
  $("fold").setAttribute("aria-pressed", state.folded);
  showPicture();
  showWeights();
  showChosen();
  showStep();
  showHistory();
  showTable();
  follow();
  remind();
}

/** What a screen reader hears of a step. */
function statusText(text) {
  const step = stepAt(state.at);
  const hidden = step?.lines?.some(isHidden);
  const told = !step ? word("startText") : hidden ? word("predictNow") : textOf(step, FEW).join("\n");
  return [text, told, state.at === last ? word("end") : ""].join(". ");
}

function go(at) {
  state.at = Math.max(0, Math.min(last, at));
  show();
}

function stop() {
  clearTimeout(state.timer);
  state.timer = 0;
  showPlay();
}

function play() {
  if (state.timer) return stop();
  if (state.at === last) go(0);
  wait();
  showPlay();
}

function wait() {
  state.timer = setTimeout(() => {
    go(state.at + 1);
    if (state.at === last) stop();
    else wait();
  }, 1800 / Number($("speed").value));
}

function showPlay() {
  document.body.classList.toggle("playing", state.timer !== 0);
  for (const attribute of ["aria-label", "title"]) $("play").setAttribute(attribute, word(state.timer ? "pause" : "play"));
}

/** A move by hand ends the playing. */
function move(at) {
  stop();
  go(at);
}

function speak(lang) {
  speakWords(lang);
  show();
  showTouch();
  showScore();
}

function speakWords(lang) {
  state.lang = document.documentElement.lang = lang;
  document.title = `${word("title")} · ${root.name}`;
  document.querySelectorAll("[data-word]").forEach((e) => { e.textContent = word(e.dataset.word); });
  document.querySelectorAll("[data-label]").forEach((e) => {
    e.setAttribute("aria-label", word(e.dataset.label));
    if (e.matches("button, select")) e.title = word(e.dataset.label);
  });
  $("subtitle").textContent = word("subtitle", { name: root.name, data: number(root.data), nodes: nodes.length });
  document.querySelectorAll("#languages button").forEach((b) => b.setAttribute("aria-pressed", b.value === lang));
  showPlay();
}

const MOVES = {
  ArrowRight: () => state.at + 1,
  ArrowLeft: () => state.at - 1,
  Home: () => 0,
  End: () => last,
};

const ZOOMS = {
  "+": () => zoom(1.25),
  "=": () => zoom(1.25),
  "-": () => zoom(0.8),
  0: () => showWhole(!state.whole),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, [type=text], [type=number]")) return;
  if (event.key === "Escape") return choose({ pinned: null });
  if (event.key in ZOOMS) ZOOMS[event.key]();
  if (event.key === " " && !event.target.matches("button, summary, input")) {
    event.preventDefault();
    play();
  } else if (event.key in MOVES && !event.target.matches("input")) {
    event.preventDefault();
    move(MOVES[event.key]());
  }
});
$("slider").max = last;
$("slider").addEventListener("input", (event) => move(Number(event.target.value)));
$("first").addEventListener("click", () => move(0));
$("back").addEventListener("click", () => move(state.at - 1));
$("next").addEventListener("click", () => move(state.at + 1));
$("last").addEventListener("click", () => move(last));
$("play").addEventListener("click", play);
$("languages").addEventListener("click", (event) => event.target.value && speak(event.target.value));
$("theme").addEventListener("click", switchTheme);
$("phases").style.setProperty("--forward", `${forward.length}fr`);
$("phases").style.setProperty("--backward", `${backward.length}fr`);
function showWhole(whole) {
  state.whole = whole;
  view.zoom = 0;
  follow();
}

/** A lecture hall: the whole width, letters of 24 pixels. */
function setHall(hall) {
  document.body.classList.toggle("hall", hall);
  document.documentElement.classList.toggle("hall", hall);
  $("hall").setAttribute("aria-pressed", hall);
}

$("whole").addEventListener("click", () => showWhole(!state.whole));
$("closer").addEventListener("click", () => zoom(1.25));
$("farther").addEventListener("click", () => zoom(0.8));
$("hall").addEventListener("click", () => {
  setHall(!isOn.hall());
  resize();
  remind();
});
$("weights").addEventListener("click", () => {
  state.weights = !state.weights;
  show();
});
new ResizeObserver(resize).observe(scroller);
propagate();
speakWords(state.lang);
see(views[0]);
measureView();
readAddress();
