const $ = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("#table tbody tr")];
const columns = [...document.querySelectorAll("#table thead th")].map((th) => th.textContent);

// The drawing, and the modules in it

const views = new Views([...document.querySelectorAll("#graph > figure, #graph > template")]);
const drawn = views.holders.length > 0; // without Graphviz there is none

function show(index, find) {
  views.show(index, find);
  const { fold, unfold, label } = views.figure.dataset;
  if ($("fold")) {
    enable($("fold"), fold !== undefined);
    enable($("unfold"), unfold !== undefined);
    $("view-label").value = label;
  }
  search.mark(views.boxes);
  stepper?.draw(views.figure);
  setStop(views.boxes[0]);
  if (chosen !== undefined) choose(chosen, { still: true });
}

/** Let a button do something, or not. Not by `disabled`, which would take the focus away from it. */
function enable(button, on) {
  button.setAttribute("aria-disabled", !on);
}

/** Show another depth, if there is one; what was chosen, or else what is in the middle, stays there. */
function toDepth(index) {
  if (index === undefined) return;
  const key = chosen ?? views.viewport.nearest(views.boxes.filter((a) => a.dataset.rows)).rows.at(-1);
  show(Number(index), () => views.boxOf(key));
}

function openModule(box) {
  const { call, opens } = box.dataset;
  show(Number(opens), () => views.module(call));
  (views.sign(call) ?? views.boxOf(chosen))?.focus({ preventScroll: true });
}

function closeModule(sign) {
  const { call, closes } = sign.dataset;
  show(Number(closes), () => views.module(call));
  const box = views.module(call);
  setStop(box);
  box.focus({ preventScroll: true });
}

$("fold")?.addEventListener("click", () => toDepth(views.figure.dataset.fold));
$("unfold")?.addEventListener("click", () => toDepth(views.figure.dataset.unfold));
$("zoom-in").addEventListener("click", () => views.viewport?.zoom(1.3));
$("zoom-out").addEventListener("click", () => views.viewport?.zoom(1 / 1.3));
$("fit").addEventListener("click", () => views.viewport?.fit());

// One node, in words

const panel = new NodePanel($("node"), columns);
let chosen;

/** Make a box, or a sign that closes a frame, the one that Tab reaches. */
function setStop(stop) {
  for (const other of views.stops) other.tabIndex = -1;
  if (stop) stop.tabIndex = 0;
}

/** The key of the row that a link leads to. */
function keyOf(link) {
  return link.getAttribute("href").slice(2);
}

/** Choose a row by its key, at the box that shows it, or `at` another one; or, if it is `whole`, the folded module that
 * the box is. */
function choose(key, { at, centre = false, focus = false, still = false, whole = false } = {}) {
  chosen = key;
  for (const each of document.querySelectorAll("a.chosen, tr.chosen")) each.classList.remove("chosen", "whole");
  const row = $(`n${key}`);
  row.classList.add("chosen");
  const box = at ?? (drawn ? views.boxOf(key) : undefined);
  if (box) {
    box.classList.add("chosen");
    box.classList.toggle("whole", whole);
    setStop(box);
    if (!still) views.viewport.reveal(box, { centre });
    if (focus) box.focus({ preventScroll: true });
  }
  const buttons = box ? [...opening(box), ...closing(box)] : [];
  if (whole && box && "folded" in box.dataset) panel.showModule(box, row, buttons);
  else panel.show(row, buttons);
}

function* opening(box) {
  if (!("opens" in box.dataset)) return;
  const others = Number(box.dataset.companions);
  const more = others ? `, with the ${others} other${others > 1 ? "s" : ""} of its depth` : "";
  yield button(`Open ${box.querySelector("text").textContent}${more}`, () => openModule(box));
}

function* closing(box) {
  const sign = "in" in box.dataset ? views.sign(box.dataset.in) : undefined;
  if (sign) yield button(sign.getAttribute("aria-label"), () => closeModule(sign));
}

function button(text, action) {
  const element = document.createElement("button");
  element.textContent = text;
  element.addEventListener("click", action);
  return element;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented) return;
  const { target } = event;
  const sign = target.closest(".close");
  const link = target.closest('a[href^="#n"]');
  const value = target.closest(".value");
  if (sign) closeModule(sign);
  if (!link && !value) return;
  event.preventDefault();
  const inGraph = target.closest("#graph") !== null;
  // A value is that of its box, or of what comes out of a module last.
  const key = link ? keyOf(link) : value.dataset.of.split(" ").at(-1) || keyOf(views.box(value.dataset.box));
  const again = link?.classList.contains("whole"); // a second click on what was chosen opens it
  const at = inGraph && link ? link : undefined;
  choose(key, { at, centre: !inGraph, focus: !value, still: inGraph, whole: at !== undefined });
  if (link && "opens" in link.dataset && (again || target.closest(".sign"))) openModule(link);
});

// Search

const search = new Search($("search"), $("found"), rows, (key) => {
  if (drawn) search.mark(views.boxes);
  if (key !== undefined) choose(key, { centre: true });
});

// Steps

const items = [...document.querySelectorAll("#steps > li")];
const stepper = items.length ? new Stepper(items, stepped) : undefined;
let timer;

function stepped() {
  const { now } = stepper;
  $("slider").value = now;
  $("count").value = `${now} of ${items.length}`;
  $("slider").setAttribute("aria-valuetext", now ? items[now - 1].querySelector("h3").textContent : "not begun");
  $("start").hidden = now > 0;
  for (const id of ["first", "previous"]) enable($(id), now > 0);
  for (const id of ["next", "last"]) enable($(id), now < items.length);
  if (now === items.length) play(false);
  if (!drawn) return;
  const here = stepper.draw(views.figure);
  if (here) views.viewport.reveal(here, { free: 1 / 3 }); // with what comes before and after
  else if (!views.viewport.chosen) views.viewport.fit({ readable: true });
}

function play(on) {
  clearInterval(timer);
  if (on && stepper.now === items.length) stepper.go(0);
  timer = on ? setInterval(() => stepper.go(stepper.now + 1), 1200) : undefined;
  $("play").setAttribute("aria-pressed", on);
  $("play").textContent = on ? "Pause" : "Play";
}

const moves = {
  first: () => stepper.go(0),
  previous: () => stepper.go(stepper.now - 1),
  next: () => stepper.go(stepper.now + 1),
  last: () => stepper.go(items.length),
  play: () => play(!timer),
};
if (stepper) {
  for (const [id, move] of Object.entries(moves)) {
    $(id).addEventListener("click", () => {
      if (id !== "play") play(false);
      move();
    });
  }
  $("slider").addEventListener("input", () => stepper.go(Number($("slider").value)));
}

// Keys

const keys = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last", p: "play" };
const shifts = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, .scroll")) return;
  if (key === "/") $("search").focus();
  else if (event.shiftKey && shifts[key]) views.viewport?.pan(...shifts[key]);
  else if (stepper && keys[key]) moves[keys[key]]();
  else if (!target.closest("#graph svg") || !inGraph(key, target)) return;
  event.preventDefault();
});

/** Keys that mean something while the focus is in the drawing. */
function inGraph(key, target) {
  const sign = target.closest(".close") ?? (key === "Escape" && views.sign(target.dataset.in));
  if (key === "+" || key === "=") views.viewport.zoom(1.3);
  else if (key === "-") views.viewport.zoom(1 / 1.3);
  else if (key === "0") views.viewport.fit();
  else if (key === "ArrowDown" || key === "ArrowUp") goTo(views.stops, key === "ArrowDown" ? 1 : -1);
  else if (sign && ["Enter", " ", "Escape"].includes(key)) closeModule(sign);
  else return false;
  return true;
}

function goTo(stops, direction) {
  const stop = stops.at((stops.indexOf(document.activeElement) + direction) % stops.length);
  if (stop.matches("a")) choose(keyOf(stop), { at: stop, still: true, whole: true });
  setStop(stop);
  stop.focus({ preventScroll: true });
  views.viewport.reveal(stop);
}

followTheme($("theme"));
if (drawn) show(views.best());
stepper?.go(0);
