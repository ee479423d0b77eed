/** Finds vertices by words in their rows' first columns: name, operation, module, flags. */
class Search {
  constructor(input, output, rows, onHit) {
    this.input = input;
    this.output = output;
    this.rows = rows;
    this.onHit = onHit;
    this.hits = [];
    input.addEventListener("input", () => this.find());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") {
        input.value = "";
        this.find();
        input.blur(); // so that the next key means the page
      }
    });
  }

  find() {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const said = (row) => [0, 1, 2, 3].map((i) => row.cells[i].textContent.toLowerCase()).join(" ");
    const found = words.length ? this.rows.filter((row) => words.every((word) => said(row).includes(word))) : [];
    this.hits = found.map((row) => row.id.slice(1));
    this.at = -1;
    this.output.value = words.length ? "0 found" : "";
    this.next(1);
  }

  next(direction) {
    const { length } = this.hits;
    if (length) {
      this.at = (this.at + direction + length) % length;
      this.output.value = `${this.at + 1} of ${length}`;
    }
    this.onHit(this.hits[this.at]);
  }

  /** Mark what was found in a drawing. */
  mark(boxes) {
    const found = new Set(this.hits);
    for (const a of boxes) a.classList.toggle("hit", a.rows.some((key) => found.has(key)));
  }
}
