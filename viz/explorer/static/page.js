const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const rows = [...document.querySelectorAll("#table tbody tr")];
const columns = [...document.querySelectorAll("#table thead th")].map((th) => th.textContent);
const figures = [...document.querySelectorAll("figure")];

for (const a of document.querySelectorAll("#graph a[data-box]")) {
  a.vertices = a.dataset.vertices.split(" ");
  a.tabIndex = -1; // one stop for the whole graph; up and down lead through it
}

// Views: the graph at another depth

const viewports = figures.map((figure) => new Viewport(figure.querySelector("svg")));
let view = 0;
const boxOf = (vertex) => [...figures[view].querySelectorAll("a[data-box]")].find((a) => a.vertices.includes(vertex));

function showView(index) {
  view = Math.max(0, Math.min(figures.length - 1, index));
  figures.forEach((figure, i) => (figure.hidden = i !== view));
  if (!viewports[view]) return;
  if (viewports[view].scale === undefined) viewports[view].fit({ readable: true });
  if ($("fold")) {
    $("fold").disabled = view === 0;
    $("unfold").disabled = view === figures.length - 1;
    $("view-label").value = figures[view].dataset.label;
  }
  markHits();
  stepper?.draw(figures[view]);
  if (chosen !== undefined) choose(chosen, { centre: true });
  else setStop(figures[view].querySelector("a[data-box]"));
}

$("fold")?.addEventListener("click", () => showView(view - 1));
$("unfold")?.addEventListener("click", () => showView(view + 1));
$("zoom-in").addEventListener("click", () => viewports[view]?.zoom(1.3));
$("zoom-out").addEventListener("click", () => viewports[view]?.zoom(1 / 1.3));
$("fit").addEventListener("click", () => viewports[view]?.fit());

// One node, in words

let chosen;

/** Make a box the one that Tab reaches. */
function setStop(a) {
  for (const other of figures[view].querySelectorAll('a[tabindex="0"]')) other.tabIndex = -1;
  if (a) a.tabIndex = 0;
}

function choose(vertex, { centre = false, focus = false, still = false } = {}) {
  chosen = vertex;
  const box = boxOf(vertex);
  for (const a of document.querySelectorAll("a.chosen, tr.chosen")) a.classList.remove("chosen");
  setStop(box);
  if (box) {
    box.classList.add("chosen");
    if (centre || !still) viewports[view].reveal(box, { centre });
    if (focus) box.focus({ preventScroll: true });
  }
  const row = $(`n${vertex}`);
  row.classList.add("chosen");
  $("node-title").textContent = row.cells[0].textContent;
  document.querySelector("#node .hint").hidden = true;
  const list = document.querySelector("#node dl");
  list.replaceChildren();
  if (box && "folded" in box.dataset) {
    const button = document.createElement("button");
    button.textContent = `Unfold ${box.querySelector("text").textContent}`;
    button.addEventListener("click", () => showView(view + 1));
    list.append(entry("dt", "Inside"), entry("dd", button));
  }
  columns.forEach((column, i) => {
    const content = row.cells[i].cloneNode(true).childNodes;
    if (i && row.cells[i].textContent.trim()) list.append(entry("dt", column), entry("dd", ...content));
  });
}

function entry(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented) return;
  const link = event.target.closest('a[href^="#n"]');
  const value = event.target.closest(".value");
  const vertex = link?.getAttribute("href").slice(2) ?? value?.dataset.of.split(" ").at(-1);
  if (vertex === undefined) return;
  event.preventDefault();
  const drawn = event.target.closest("#graph") !== null;
  choose(vertex, { centre: !drawn, focus: !value, still: drawn });
});
$("graph").addEventListener("dblclick", (event) => {
  if (event.target.closest("a[data-folded]")) showView(view + 1);
});

// Search

let hits = [];
let hit = -1;

function search() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (row) => [0, 1, 2, 3].map((i) => row.cells[i].textContent.toLowerCase()).join(" ");
  hits = words.length ? rows.filter((row) => words.every((word) => said(row).includes(word))).map((row) => row.id.slice(1)) : [];
  hit = -1;
  $("found").value = words.length ? `${hits.length} found` : "";
  markHits();
  if (hits.length) nextHit(1);
}

function nextHit(direction) {
  if (!hits.length) return;
  hit = (hit + direction + hits.length) % hits.length;
  $("found").value = `${hit + 1} of ${hits.length}`;
  choose(hits[hit], { centre: true });
}

function markHits() {
  const found = new Set(hits);
  for (const a of figures[view]?.querySelectorAll("a[data-box]") ?? []) {
    a.classList.toggle("hit", a.vertices.some((vertex) => found.has(vertex)));
  }
}

$("search").addEventListener("input", search);
$("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") nextHit(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") {
    $("search").value = "";
    search();
  }
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
  $("first").disabled = $("previous").disabled = now === 0;
  $("last").disabled = $("next").disabled = now === items.length;
  if (now === items.length) play(false);
  if (!figures.length) return;
  const here = stepper.draw(figures[view]);
  if (here) viewports[view].reveal(here, { free: 1 / 3 }); // with what comes before and after
  else if (!viewports[view].chosen) viewports[view].fit({ readable: true });
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, .scroll")) return;
  if (event.key === "/") $("search").focus();
  else if (event.shiftKey && event.key.startsWith("Arrow")) shift(event.key);
  else if (stepper && keys[event.key]) moves[keys[event.key]]();
  else if (!event.target.closest("#graph") || !inGraph(event.key)) return;
  event.preventDefault();
});

function shift(key) {
  const [dx, dy] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
  viewports[view]?.pan(dx, dy);
}

/** Keys that mean something while the focus is in the graph. */
function inGraph(key) {
  if (key === "+" || key === "=") viewports[view].zoom(1.3);
  else if (key === "-") viewports[view].zoom(1 / 1.3);
  else if (key === "0") viewports[view].fit();
  else if (key === "ArrowDown" || key === "ArrowUp") {
    const boxes = [...figures[view].querySelectorAll("a[data-box]")];
    const at = boxes.indexOf(document.activeElement) + (key === "ArrowDown" ? 1 : -1);
    const box = boxes[(at + boxes.length) % boxes.length];
    choose(box.getAttribute("href").slice(2));
    setStop(box);
    box.focus({ preventScroll: true });
    viewports[view].reveal(box);
  } else return false;
  return true;
}

// Light and dark

const dark = matchMedia("(prefers-color-scheme: dark)");

function theme(on) {
  $("theme").setAttribute("aria-pressed", on);
}

$("theme").addEventListener("click", () => {
  const on = $("theme").getAttribute("aria-pressed") !== "true";
  root.dataset.theme = on ? "dark" : "light";
  theme(on);
});
dark.addEventListener("change", () => root.dataset.theme ?? theme(dark.matches));
theme(dark.matches);

/** The view with the most detail that can be read at once. */
function bestView() {
  const index = figures.findLastIndex((figure, i) => {
    figures.forEach((other) => (other.hidden = other !== figure));
    return viewports[i].overview > READABLE;
  });
  return Math.max(0, index);
}

showView(bestView());
stepper?.go(0);
