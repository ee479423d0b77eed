"use strict";

const READABLE = 0.7; // so small may a drawing be that is all in sight
const NEAR = 0.9; // so large is what is not

/** A window onto one drawing, that pans and zooms by mouse, touch, pen and keys. */
class Viewport {
  constructor(svg) {
    this.svg = svg;
    const { x, y, width, height } = svg.viewBox.baseVal;
    this.whole = { x, y, width, height };
    [this.x, this.y] = [x + width / 2, y + height / 2]; // what is in the middle of the window
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    this.pointers = new Map();
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => this.up(event));
    // Not all browsers give the click to whoever has captured the pointer.
    svg.addEventListener("click", (event) => this.dragged && event.preventDefault(), true);
    new ResizeObserver(() => this.resized()).observe(svg);
  }

  /** The scale at which all of the drawing is in sight. */
  get overview() {
    const { width, height } = this.size();
    return 0.97 * Math.min(width / this.whole.width, height / this.whole.height);
  }

  /** Show all of the drawing; of a very long one, if asked, only a shape, or the end where the backward pass begins. */
  fit({ readable = false, shape } = {}) {
    const { width, height } = this.size();
    const { whole, overview } = this;
    const cut = readable && overview < READABLE;
    const wide = whole.width / width > whole.height / height;
    this.scale = Math.min(2, cut ? NEAR : overview);
    this.x = whole.x + whole.width - (cut && wide ? (0.48 * width) / this.scale : whole.width / 2);
    this.y = whole.y + whole.height - (cut && !wide ? (0.48 * height) / this.scale : whole.height / 2);
    this.apply();
    this.chosen = false; // how near
    if (cut && shape) this.enclose(shape);
    else if (cut) this.line(this.svg.querySelector('a[data-box$=".out"]'), wide);
    this.fitted = { readable, shape };
  }

  /** Bring an output, if it was found, to the middle of the window's height (of a wide drawing) or width. */
  line(output, wide) {
    const inner = output?.getBoundingClientRect();
    if (!inner?.width) return;
    const outer = this.svg.getBoundingClientRect();
    if (wide) this.pan(0, outer.y + outer.height / 2 - inner.y - inner.height / 2);
    else this.pan(outer.x + outer.width / 2 - inner.x - inner.width / 2, 0);
  }

  /** Take over from another drawing: as near as that, with a shape at the place on the screen that it had there. */
  follow(other, place, shape) {
    if (!other?.scale || !place || !shape || other.fitted) {
      this.fit({ readable: other?.fitted?.readable ?? true, shape });
      return;
    }
    [this.scale, this.chosen, this.fitted] = [other.scale, other.chosen, undefined];
    this.apply();
    const now = shape.getBoundingClientRect();
    const middle = (rect) => [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const [[x0, y0], [x1, y1]] = [middle(now), middle(place)];
    this.pan(x1 - x0, y1 - y0);
    this.reveal(shape, { free: 1 / 20, near: false });
  }

  /** Bring all of a shape into sight, if that is near enough to read. */
  enclose(shape) {
    const box = shape.getBoundingClientRect();
    const { width, height } = this.size();
    const fitting = 0.9 * this.scale * Math.min(width / box.width, height / box.height);
    this.scale = Math.min(this.scale, Math.max(READABLE, fitting));
    this.apply();
    this.reveal(shape, { centre: true, near: false });
  }

  /** Of some shapes, the one nearest to the middle of the window. */
  nearest(shapes) {
    const window = this.svg.getBoundingClientRect();
    const far = (shape) => {
      const box = shape.getBoundingClientRect();
      return Math.hypot(box.x + box.width / 2 - window.x - window.width / 2, box.y + box.height / 2 - window.y - window.height / 2);
    };
    const distances = shapes.map(far);
    return shapes[distances.indexOf(Math.min(...distances))];
  }

  size() {
    return { width: this.svg.clientWidth || 1, height: this.svg.clientHeight || 1 };
  }

  resized() {
    if (!this.svg.clientWidth || !this.scale) return; // not shown yet
    if (this.fitted) this.fit(this.fitted);
    else this.apply();
  }

  apply() {
    const { width, height } = this.size();
    const [w, h] = [width / this.scale, height / this.scale];
    this.svg.setAttribute("viewBox", `${this.x - w / 2} ${this.y - h / 2} ${w} ${h}`);
  }

  pan(dx, dy) {
    if (!dx && !dy) return;
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.fitted = undefined;
    this.apply();
  }

  /** Zoom about a point of the screen, which stays where it is; about the middle without one. */
  zoom(factor, clientX, clientY) {
    const box = this.svg.getBoundingClientRect();
    const dx = (clientX ?? box.x + box.width / 2) - box.x - box.width / 2;
    const dy = (clientY ?? box.y + box.height / 2) - box.y - box.height / 2;
    const scale = Math.min(12, Math.max(0.02, this.scale * factor));
    this.x += dx / this.scale - dx / scale;
    this.y += dy / this.scale - dy / scale;
    this.scale = scale;
    this.fitted = undefined;
    this.chosen = true;
    this.apply();
  }

  /** Bring a shape into sight, near enough to read unless somebody has chosen how near: to the middle, or only as
   * far as needed to have this share of the window free on its sides. */
  reveal(shape, { centre = false, free = 1 / 6, near = true } = {}) {
    if (near && !this.chosen && this.scale < 0.9 * NEAR) {
      this.scale = NEAR;
      this.apply();
      centre = true;
    } else if (this.fitted && this.scale <= this.overview) return; // all of it is in sight
    const inner = shape.getBoundingClientRect();
    const outer = this.svg.getBoundingClientRect();
    const shift = (low, high, from, to) => {
      if (centre) return (from + to) / 2 - (low + high) / 2;
      const margin = free * (to - from);
      return low < from + margin ? from + margin - low : high > to - margin ? to - margin - high : 0;
    };
    this.pan(shift(inner.left, inner.right, outer.left, outer.right), shift(inner.top, inner.bottom, outer.top, outer.bottom));
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
  }

  down(event) {
    this.pointers.set(event.pointerId, event);
    this.dragged = false;
    this.travelled = 0;
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
    this.travelled += Math.hypot(dx, dy);
    if (this.pointers.size === 2) this.pinch(event, before);
    else if (this.dragged || this.travelled > 4) this.pan(dx, dy);
    if (this.travelled > 4 && !this.dragged) {
      this.dragged = true; // so that the click at the end chooses nothing
      this.svg.setPointerCapture(event.pointerId);
      this.svg.parentElement.classList.add("grabbed");
    }
    this.pointers.set(event.pointerId, event);
  }

  pinch(event, before) {
    const other = [...this.pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
    const distance = (a) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY) || 1;
    const middle = (a) => [(a.clientX + other.clientX) / 2, (a.clientY + other.clientY) / 2];
    const [[x0, y0], [x1, y1]] = [middle(before), middle(event)];
    this.pan(x1 - x0, y1 - y0);
    this.zoom(distance(event) / distance(before), x1, y1);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    this.svg.parentElement.classList.remove("grabbed");
  }
}
