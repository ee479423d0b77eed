/** The drawings of a graph, one for every folding of its modules. One of them is to be seen. */
class Views {
  constructor(holders) {
    this.holders = holders; // figures, and templates of figures that nobody has asked for yet
    this.viewports = new Map(); // by figure
    for (const holder of holders) holder.hidden = true;
  }

  get figure() {
    return this.holders[this.now];
  }

  get viewport() {
    return this.viewports.get(this.figure);
  }

  get boxes() {
    return [...this.figure.querySelectorAll("a[data-box]")];
  }

  /** What the arrow keys lead through: boxes, and before each frame's the sign that closes it. */
  get stops() {
    return [...this.figure.querySelectorAll("a[data-box], .close")];
  }

  /** The box that shows a row, or the module in which that is folded. */
  boxOf(key) {
    return this.boxes.find((a) => a.rows.includes(key));
  }

  box(name) {
    return this.boxes.find((a) => a.dataset.box === name);
  }

  /** A module's box, or its frame. */
  module(call) {
    return this.figure.querySelector(`:is(a, .cluster)[data-call="${call}"]`);
  }

  /** The sign that closes a module. */
  sign(call) {
    return this.figure.querySelector(`.close[data-call="${call}"]`);
  }

  /** Make the figure with this number, if it is not there yet. */
  make(index) {
    const holder = this.holders[index];
    const figure = holder instanceof HTMLTemplateElement ? holder.content.firstElementChild : holder;
    if (this.viewports.has(figure)) return figure;
    if (figure !== holder) holder.replaceWith(figure);
    this.holders[index] = figure;
    for (const a of figure.querySelectorAll("a[data-box]")) {
      a.rows = a.dataset.rows.split(" ");
      a.tabIndex = -1; // one stop for the whole graph; up and down lead through it
    }
    this.viewports.set(figure, new Viewport(figure.querySelector("svg")));
    return figure;
  }

  /** Show a drawing. What `find` finds in the one before and in this one stays where it is on the screen. */
  show(index, find = () => undefined) {
    const before = this.viewport;
    const place = before && find()?.getBoundingClientRect();
    this.only(index).follow(before, place, find());
  }

  /** Let one drawing be seen; its viewport. */
  only(index) {
    if (this.figure) this.figure.hidden = true;
    this.make(index).hidden = false;
    this.now = index;
    return this.viewport;
  }

  /** The number of the drawing with the most detail that can be read at once, or of the one that was asked for. */
  best() {
    const depths = this.holders.filter((holder) => !(holder instanceof HTMLTemplateElement));
    const asked = depths.findIndex((figure) => "start" in figure.dataset);
    if (asked >= 0) return asked;
    const tooLarge = depths.findIndex((_, i) => this.only(i).overview < READABLE);
    return Math.max(0, (tooLarge < 0 ? depths.length : tooLarge) - 1);
  }
}
