// The lists beside the grid: what is wrong, what asks for a sentence, two people at one cell, remarks.

export function make(tag, text = "", name = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

export class Panels {
  constructor(grid) {
    this.grid = grid; // {says, cells, goto(key), token, line}
    this.explaining = new Set();
    document.getElementById("warnings").addEventListener("submit", (event) => this.#explain(event));
    document.querySelector("#comments form").addEventListener("submit", (event) => this.#comment(event));
  }

  #jump(key) {
    const link = make("a", this.grid.cells[key]?.address ?? key);
    link.href = `#cell-${key}`;
    link.addEventListener("click", (event) => { event.preventDefault(); this.grid.goto(key); });
    const bold = make("b");
    bold.append(link);
    return bold;
  }

  #line(key, sentence) {
    const li = make("li");
    const label = this.grid.cells[key]?.label ?? "";
    li.append(this.#jump(key), label && !sentence.includes(label) ? `, ${label}` : "", document.createElement("br"), sentence);
    return li;
  }

  findings({ faults, errors, warnings, blanks }) {
    const ul = document.querySelector("#faults ul");
    const items = [...faults.map((one) => [one.where, one.sentence]), ...errors.map((one) => [one.cells[0], one.sentence])];
    const fresh = items.length ? items.map(([key, said]) => this.#line(key, said)) : [make("li", ul.dataset.none, "ok")];
    // Said anew only when it changed: the list is a live region.
    if (ul.textContent !== fresh.map((li) => li.textContent).join("")) ul.replaceChildren(...fresh);
    if (blanks !== undefined) document.getElementById("blanks").textContent = blanks ? `${this.grid.says.blanks} ${blanks}` : "";
    this.#warnings(warnings);
  }

  // A box one writes in stays as it is, whatever is drawn around it.
  #warnings(warnings) {
    const ul = document.querySelector("#warnings ul");
    const known = new Map([...ul.querySelectorAll("li[data-rule]")].map((li) => [li.dataset.rule, li]));
    const items = warnings.map((one) => {
      const li = known.get(one.rule) ?? document.getElementById("warning").content.firstElementChild.cloneNode(true);
      if (!known.has(one.rule)) {
        li.dataset.rule = one.rule;
        li.querySelector("[name=rule]").value = one.rule;
        li.querySelector("[name=csrfmiddlewaretoken]").value = this.grid.token();
        const box = li.querySelector("textarea");
        box.id = `why-${one.rule}`;
        box.value = one.explained ?? "";
        li.querySelector("label").htmlFor = box.id;
      }
      li.querySelector("b").replaceWith(this.#jump(one.cells[0]));
      li.querySelector(".said").textContent = one.sentence;
      return li;
    });
    const writing = document.activeElement?.closest?.("#warnings li[data-rule]");
    if (writing && !items.includes(writing)) items.push(writing);
    const now = [...ul.children];
    if (!items.length) ul.replaceChildren(make("li", ul.dataset.none, "quiet"));
    else if (now.length !== items.length || items.some((li, at) => li !== now[at])) ul.replaceChildren(...items);
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
    const work = this.grid.line.save().then(() => this.#send(form, () => {
      form.classList.add("done");
      this.grid.tell(this.grid.says.explained);
    })).finally(() => this.explaining.delete(work));
    this.explaining.add(work);
  }

  async #comment(event) {
    event.preventDefault();
    const form = event.target;
    await this.#send(form, (data) => {
      form.elements.text.value = "";
      this.comments(data.comments);
    });
  }

  comments(list) {
    const ul = document.querySelector("#comments ul");
    if (!list.length) return;
    ul.replaceChildren(...list.map((one) => {
      const li = make("li");
      li.append(this.#jump(one.cell), ` · ${one.by} `, make("small", one.at), document.createElement("br"), one.text);
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
