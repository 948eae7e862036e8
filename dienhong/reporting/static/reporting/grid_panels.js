// The lists beside the grid: what is wrong, what asks for a sentence, two people at one cell, remarks.

export function make(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

export class Panels {
  constructor(grid) {
    this.grid = grid; // {says, cells, goto(key), token, line, words}
    this.explaining = new Set();
    this.about = new Map(); // cell key -> the lines that speak of it, what must be mended first
    document.getElementById("warnings").addEventListener("submit", (event) => this.#explain(event));
    this.remarks = document.querySelector("#comments form");
    this.remarks.addEventListener("submit", (event) => this.#comment(event));
    this.remarks.addEventListener("keydown", (event) => { if (event.key === "Escape") this.grid.goto(this.remarks.elements.cell.value); });
    for (const box of document.querySelectorAll("#findings textarea")) grid.words.restore(box);
  }

  #jump(key, whole = false) {
    const cell = this.grid.cells[key];
    const link = make("a", cell ? (whole ? `${cell.address}, ${cell.label}` : cell.address) : key);
    link.href = `#cell-${key}`;
    link.addEventListener("click", (event) => { event.preventDefault(); this.grid.goto(key); });
    const bold = make("b");
    bold.append(link);
    return bold;
  }

  #line(keys, sentence) {
    const li = make("li");
    keys.forEach((key, at) => li.append(...(at ? [", "] : []), this.#jump(key, keys.length === 1)));
    li.append(document.createElement("br"), sentence);
    const ways = this.grid.meanings(keys[0]);
    if (ways.length) li.append(this.#ask(keys[0], ways));
    return li;
  }

  /** Which of its readings a text means, said by one press. */
  #ask(key, ways) {
    const acts = make("span", "", "acts");
    for (const [convention, words] of ways) {
      const button = make("button", words, "button plain small");
      button.type = "button";
      button.addEventListener("click", () => this.grid.choose(key, convention));
      acts.append(button);
    }
    return acts;
  }

  /** Which equations of the regime hold now: {rule: true, false, or null where it cannot be told}. */
  matches(told) {
    for (const li of document.querySelectorAll("#matches li[data-check]")) {
      if (!(li.dataset.check in told)) continue;
      const holds = told[li.dataset.check];
      li.className = holds === null ? "quiet" : holds ? "ok" : li.dataset.severity === "error" ? "fail" : "warn";
      const said = this.grid.says[holds === null ? "untold" : holds ? "agrees" : "differs"];
      if (li.lastElementChild.textContent !== said) li.lastElementChild.textContent = said;
    }
  }

  findings({ faults, errors, warnings, blanks }) {
    const ul = document.querySelector("#faults ul");
    const items = [...faults.map((one) => [[one.where], one.sentence]), ...errors.map((one) => [one.cells, one.sentence])];
    const fresh = items.length ? items.map(([keys, said]) => this.#line(keys, said)) : [make("li", ul.dataset.none, "ok")];
    // Said anew only when it changed: the list is a live region.
    if (ul.textContent !== fresh.map((li) => li.textContent).join("")) ul.replaceChildren(...fresh);
    [...ul.children].forEach((li, at) => { li.id = `fault-${at}`; });
    if (blanks !== undefined) document.getElementById("blanks").textContent = blanks ? `${this.grid.says.blanks} ${blanks}` : "";
    this.#warnings(warnings);
    this.about = new Map();
    const note = (keys, id, sentence, bad) => keys.forEach((key) => this.about.set(key, [...(this.about.get(key) ?? []), { id, sentence, bad }]));
    items.forEach(([keys, said], at) => note(keys, `fault-${at}`, said, true));
    for (const one of warnings) note(one.cells, `warning-${one.rule}`, one.sentence, false);
    this.#describe();
  }

  // Each cell names the lines that speak of it; of the one in hand they stand at the foot of the grid as well, however
  // far away the list is.
  #describe() {
    for (const input of this.grid.form.querySelectorAll("td.cell :is(input, select, output)")) {
      const ids = (this.about.get(input.closest("td").dataset.key) ?? []).map((one) => one.id).join(" ");
      if (ids) input.setAttribute("aria-describedby", ids);
      else input.removeAttribute("aria-describedby");
    }
    this.here();
  }

  /** Say at the foot of the grid what is wrong with the cell in hand; nothing once no cell is. */
  here() {
    const strip = document.getElementById("at-cell");
    const key = document.activeElement?.closest?.("td.cell")?.dataset.key;
    const said = this.about.get(key) ?? [];
    strip.hidden = !said.length;
    strip.classList.toggle("bad", said.some((one) => one.bad));
    const text = said.map((one) => one.sentence).join(" ");
    if (said.length) strip.replaceChildren(make("b", this.grid.cells[key].address), ` ${text}`);
  }

  // A box one writes in stays as it is, whatever is drawn around it.
  #warnings(warnings) {
    const ul = document.querySelector("#warnings ul");
    const known = new Map([...ul.querySelectorAll("li[data-rule]")].map((li) => [li.dataset.rule, li]));
    const items = warnings.map((one) => {
      const li = known.get(one.rule) ?? document.getElementById("warning").content.firstElementChild.cloneNode(true);
      if (!known.has(one.rule)) {
        li.dataset.rule = one.rule;
        li.id = `warning-${one.rule}`;
        li.querySelector("[name=rule]").value = one.rule;
        li.querySelector("[name=csrfmiddlewaretoken]").value = this.grid.token();
        const box = li.querySelector("textarea");
        box.id = `why-${one.rule}`;
        li.querySelector("label").htmlFor = box.id;
        this.#answer(li, one.explained ?? "", one.since);
        box.value = box.defaultValue = one.explained ?? "";
        this.grid.words.restore(box);
      } else if (one.explained !== undefined) this.#answer(li, one.explained, one.since);
      li.querySelector("b").replaceWith(this.#jump(one.cells[0], true));
      li.querySelector(".said").textContent = one.sentence;
      return li;
    });
    const writing = document.activeElement?.closest?.("#warnings li[data-rule]");
    if (writing && !items.includes(writing)) items.push(writing);
    const now = [...ul.children];
    if (!items.length) ul.replaceChildren(make("li", ul.dataset.none, "quiet"));
    else if (now.length !== items.length || items.some((li, at) => li !== now[at])) ul.replaceChildren(...items);
    this.#head();
  }

  // A warning that has its sentence reads as answered; the box goes behind "change".
  #answer(li, text, since = "") {
    li.querySelector(".since").textContent = since;
    const said = li.querySelector(".answer q");
    if (li.classList.contains("answered") === Boolean(text) && said.textContent === text) return;
    said.textContent = text;
    li.classList.toggle("answered", Boolean(text));
    li.querySelector(".answer").hidden = !text;
    li.querySelector("details").open = !text;
    li.querySelector("summary").textContent = text ? this.grid.says.change : this.grid.says.write;
  }

  #head() {
    const open = document.querySelectorAll("#warnings li[data-rule]:not(.answered)").length;
    document.getElementById("warnings-hint").hidden = !open;
    document.querySelector("#warnings h2").textContent = open ? this.grid.says.to_explain : this.grid.says.answered;
  }

  async #send(form, done) {
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", this.grid.token());
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } }).catch(() => null);
    const data = await answer?.json().catch(() => null);
    if (answer?.ok && data) done(data);
    else this.grid.tell(data?.error ?? (answer?.status === 401 ? this.grid.says.expired : document.body.dataset.lost));
    return Boolean(answer?.ok);
  }

  #explain(event) {
    event.preventDefault();
    const form = event.target;
    const work = this.grid.line.save().then(() => this.#send(form, (data) => {
      this.grid.words.sent(form.elements.text);
      const answered = new Set(data.rules), inside = form.contains(document.activeElement), li = form.closest("li");
      for (const li of document.querySelectorAll("#warnings li[data-rule]"))
        if (answered.has(li.dataset.rule)) this.#answer(li, data.explained);
      if ("all" in form.dataset) form.closest("details").remove();
      // The box one pressed in is folded away: who works by keys goes on from "change" of the same sentence.
      if (inside) (li ?? document.querySelector("#warnings li.answered"))?.querySelector("summary").focus();
      this.#head();
      this.grid.tell(this.grid.says.explained);
    })).finally(() => this.explaining.delete(work));
    this.explaining.add(work);
  }

  /** Begin a remark on a cell by keys: Esc, or the remark once it is kept, leads back to the cell. */
  remark(key) {
    this.remarks.elements.cell.value = this.remarking = key;
    this.remarks.elements.text.focus();
  }

  async #comment(event) {
    event.preventDefault();
    const form = event.target;
    await this.#send(form, (data) => {
      form.elements.text.value = "";
      this.grid.words.sent(form.elements.text);
      this.comments(data.comments);
      if (this.remarking) this.grid.goto(this.remarking);
      this.remarking = null;
    });
  }

  comments(list) {
    const ul = document.querySelector("#comments ul");
    if (!list.length) return;
    ul.replaceChildren(...list.map((one) => {
      const li = make("li");
      const by = make("span", one.by);
      const text = make("span", one.text);
      by.lang = "vi";
      if (one.lang) text.lang = one.lang;
      li.append(this.#jump(one.cell), " · ", by, " ", make("small", one.at), document.createElement("br"), text);
      return li;
    }));
    for (const td of document.querySelectorAll("td.noted")) td.classList.remove("noted");
    for (const one of list) this.grid.byKey(one.cell)?.classList.add("noted");
  }

  conflicts(map) {
    const section = document.getElementById("conflicts");
    section.hidden = !map.size;
    section.querySelector("ul").replaceChildren(...[...map].map(([key, { mine, other }]) => {
      const li = make("li");
      const words = make("span");
      const value = (text) => make("b", text || this.grid.says.blank);
      words.append(this.#jump(key), `, ${this.grid.cells[key]?.label ?? ""}: ${this.grid.says.you} `, value(mine.text), ` · ${other.by} `, value(other.typed));
      const acts = make("span", "", "acts");
      for (const [name, keep] of [["mine", true], ["theirs", false]]) {
        const button = make("button", this.grid.says[name], "button plain small");
        button.type = "button";
        button.addEventListener("click", () => this.grid.settle(key, keep));
        acts.append(button);
      }
      li.append(words, acts);
      return li;
    }));
  }
}
