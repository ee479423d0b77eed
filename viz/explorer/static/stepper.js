/** The backward pass: at every step, the gradients that are known then, and the node whose rule runs. */
class Stepper {
  constructor(items, onStep) {
    this.items = items;
    this.onStep = onStep;
    this.now = 0;
    this.shown = items.map((item) => Object.entries(JSON.parse(item.dataset.shown)));
    this.done = new Map(items.map((item, i) => [item.dataset.vertex, i + 1])); // when a vertex's gradient is complete
  }

  /** The vertex whose step it is, if any. */
  get vertex() {
    return this.now ? this.items[this.now - 1].dataset.vertex : undefined;
  }

  go(step) {
    this.items[this.now - 1]?.classList.remove("now");
    this.now = Math.max(0, Math.min(this.items.length, step));
    this.items[this.now - 1]?.classList.add("now");
    this.onStep();
  }

  /** The gradients known at this step, by vertex: complete, or what has gathered so far. */
  gradients() {
    return new Map(this.shown.slice(0, this.now).flat());
  }

  /** Write the gradients into a drawing, and mark where the walk is. */
  draw(figure) {
    const known = this.gradients();
    const boxes = [...figure.querySelectorAll("a[data-box]")];
    const here = boxes.find((a) => this.vertex !== undefined && a.rows.includes(this.vertex));
    for (const a of boxes) a.classList.toggle("now", a === here);
    const moving = new Set(this.now ? this.shown[this.now - 1].map(([vertex]) => vertex) : []);
    const sources = new Set();
    for (const edge of figure.querySelectorAll(".edge")) {
      if (edge.dataset.to === here?.dataset.box) sources.add(edge.dataset.from);
    }
    const passed = new Set();
    for (const value of figure.querySelectorAll(".value")) {
      const of = value.dataset.of.split(" ");
      const { box } = value.dataset;
      const passing = (box === here?.dataset.box || sources.has(box)) && of.some((vertex) => moving.has(vertex));
      value.classList.toggle("now", passing);
      if (passing) passed.add(box);
      const texts = [...value.querySelectorAll(".gradient")];
      for (const text of texts) {
        text.dataset.final ??= text.textContent;
        // What several vertices share is a summary, known when all of them are done.
        const summary = of.every((vertex) => this.done.get(vertex) <= this.now) ? text.dataset.final : "";
        text.textContent = of.length === 1 && texts.length === 1 ? known.get(of[0]) ?? "" : summary;
      }
    }
    for (const { classList, dataset } of figure.querySelectorAll(".edge")) {
      const into = dataset.to === here?.dataset.box && passed.has(dataset.from);
      classList.toggle("now", into || (dataset.from === here?.dataset.box && dataset.to === dataset.from));
    }
    return here;
  }
}
