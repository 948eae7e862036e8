// What is being written beside the grid (an explanation, a remark) and was not sent: kept in this browser, by version
// and person, so that a page loaded again, or a tab that the phone threw away, begins where one was.

export class Words {
  constructor({ user, version }, root) {
    this.store = `dienhong:words:${user}:${version}`;
    this.kept = {};
    try {
      this.kept = JSON.parse(localStorage.getItem(this.store) ?? "{}") ?? {};
    } catch { /* what is kept is not ours to read: begin empty */ }
    root.addEventListener("input", ({ target }) => { if (target.matches("textarea[id]")) this.#note(target); });
  }

  #note(box) {
    if (box.value.trim() && box.value !== box.defaultValue) this.kept[box.id] = box.value;
    else delete this.kept[box.id];
    this.#keep();
  }

  #keep() {
    try {
      if (Object.keys(this.kept).length) localStorage.setItem(this.store, JSON.stringify(this.kept));
      else localStorage.removeItem(this.store);
    } catch { /* no room or no leave: the page itself still holds it */ }
  }

  /** The text begun in a box, put back into it; the sheet it is folded into opens. */
  restore(box) {
    const text = this.kept[box.id];
    if (!text) return;
    box.value = text;
    for (let fold = box.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  /** The server has it now. */
  sent(box) {
    delete this.kept[box.id];
    this.#keep();
  }
}
