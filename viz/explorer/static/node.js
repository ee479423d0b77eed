/** What is known of a vertex, or of a folded module, as a list in the page. */
class NodePanel {
  constructor(section, columns) {
    this.title = section.querySelector("h2");
    this.hint = section.querySelector(".hint");
    this.buttons = section.querySelector(".group");
    this.list = section.querySelector("dl");
    this.columns = columns;
  }

  show(row, buttons) {
    this.begin(row.cells[0].textContent, buttons);
    this.columns.forEach((column, i) => {
      if (i) this.copy(column, row.cells[i]);
    });
  }

  /** Of a folded module: what it holds, and what comes out of it. */
  showModule(box, row, buttons) {
    const [title, ...about] = [...box.querySelectorAll("text")].map((text) => text.textContent);
    this.begin(title, buttons);
    this.add("Holds", about.join("; "));
    const result = document.createElement("a");
    result.href = `#${row.id}`;
    result.textContent = row.cells[0].textContent;
    this.add("Result", result);
    this.columns.forEach((column, i) => {
      if (["Shape", "Dtype", "Value", "Gradient", "Used by"].includes(column)) this.copy(column, row.cells[i]);
    });
  }

  begin(title, buttons) {
    this.title.textContent = title;
    this.hint.hidden = true;
    this.buttons.replaceChildren(...buttons);
    this.list.replaceChildren();
  }

  copy(term, cell) {
    if (cell.textContent.trim()) this.add(term, ...cell.cloneNode(true).childNodes);
  }

  add(term, ...content) {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.append(term);
    dd.append(...content);
    this.list.append(dt, dd);
  }
}
