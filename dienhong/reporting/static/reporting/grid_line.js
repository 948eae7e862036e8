// The line to the server: what was typed is kept in this browser, by version and person, until the server has it.

const AGAIN = 5000;
const unique = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
// A page that is opened: its own saves never meet one another as two, those of another page of the same person do.
const PAGE = unique().slice(0, 8);

export class Line {
  /** on: {picture(data), state(name, text), changes(data)}; names: typing saving saved lost paused expired stuck closed. */
  constructor(form, on) {
    this.form = form;
    this.on = on;
    this.store = `dienhong:grid:${form.dataset.user}:${form.dataset.version}`;
    this.mark = form.dataset.mark;
    this.pending = new Map();
    this.conflicts = new Map();
    this.state = "saved";
    this.sending = null;
    this.timer = 0;
    try {
      this.pending = new Map(Object.entries(JSON.parse(localStorage.getItem(this.store) ?? "{}")));
    } catch { /* what is kept is not ours to read: begin empty */ }
  }

  get token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  #keep() {
    const mine = [...this.conflicts].map(([key, one]) => [key, one.mine]);
    const all = Object.fromEntries([...mine, ...this.pending]);
    try {
      if (Object.keys(all).length) localStorage.setItem(this.store, JSON.stringify(all));
      else localStorage.removeItem(this.store);
    } catch { /* no room or no leave: the page itself still holds it */ }
  }

  note(key, text, seen, convention = null) {
    this.pending.set(key, { text, seen, convention, request: null, page: PAGE });
    this.conflicts.delete(key);
    this.#keep();
    if (!["lost", "paused", "expired"].includes(this.state)) this.#say("typing");
    this.later(300);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  drop(key) {
    this.pending.delete(key);
    this.conflicts.delete(key);
    this.#keep();
  }

  #say(name, text = "") {
    this.state = name;
    this.on.state(name, text);
  }

  save() {
    clearTimeout(this.timer);
    this.sending ??= this.#all().finally(() => { this.sending = null; });
    return this.sending;
  }

  async #all() {
    let renewed = false;
    while (this.pending.size) {
      const group = this.#group();
      this.#say("saving");
      let answer;
      try {
        answer = await this.#post(this.form.dataset.save, this.#body(group));
      } catch {
        this.#say("lost");
        return this.later(AGAIN);
      }
      const data = await answer.json().catch(() => null);
      if (answer.ok && data) { this.#taken(group, data); continue; }
      if (answer.status === 403 && !data && !renewed) {
        renewed = true;
        if (await this.#renew()) continue;
        this.#say("expired");
        return this.later(AGAIN * 3);
      }
      if (answer.status === 401 || (answer.status === 403 && !data)) {
        // After signing in again the page holds the token of the session before.
        if (!renewed && (renewed = true) && await this.#renew()) continue;
        this.#say("expired", data?.error);
        return this.later(AGAIN * 3);
      }
      if (data?.maintenance) { this.#say("paused", data.error); return this.later(AGAIN * 6); }
      if (answer.status >= 500 || !data) { this.#say("lost"); return this.later(AGAIN); }
      return this.#say("stuck", data.error);
    }
    return null;
  }

  // One request holds what shares a convention, and again exactly what it held when its answer got lost.
  #group() {
    const first = this.pending.values().next().value;
    const like = (one) => one.convention === first.convention && one.request === first.request && one.page === first.page;
    const group = [...this.pending].filter(([, one]) => like(one)).slice(0, 1500);
    const request = first.request ?? `${first.page ?? PAGE}:${unique()}`;
    for (const [, one] of group) one.request = request;
    this.#keep();
    return group;
  }

  #body(group) {
    const cells = Object.fromEntries(group.map(([key, one]) => [key, { text: one.text, seen: one.seen }]));
    const { convention, request } = group[0][1];
    return JSON.stringify({ cells, convention, request_key: request, by: Number(this.form.dataset.user) });
  }

  #post(url, body, more = {}) {
    return fetch(url, {
      method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(20000), ...more,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token, ...more.headers },
    });
  }

  #taken(group, data) {
    for (const [key, one] of group) {
      if (this.pending.get(key) !== one) continue; // typed on meanwhile
      this.pending.delete(key);
      const other = data.conflicts[key];
      if (other) this.conflicts.set(key, { mine: one, other });
    }
    this.mark = data.mark.join(".");
    this.#keep();
    this.on.picture(data);
    if (!this.pending.size) this.#say("saved", data.at);
  }

  /** A fresh token from the page itself; false where the session is over or someone else's. */
  async #renew() {
    const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#grid");
    if (fresh?.dataset.user !== this.form.dataset.user) return false;
    const token = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    return true;
  }

  /** way: undo or redo. */
  async back(way) {
    await this.save();
    if (this.pending.size) return null;
    const answer = await this.#post(this.form.dataset[way], "{}").catch(() => null);
    if (!answer) return void this.#say("lost");
    const data = await answer.json().catch(() => null);
    if (!answer.ok) return void this.#say(answer.status === 401 ? "expired" : "told", data?.error);
    this.mark = data.mark.join(".");
    this.on.picture(data);
    this.#say("saved", data.at);
    return data;
  }

  /** Ask what others did. */
  async look() {
    if (document.hidden || this.sending || this.state === "closed") return;
    const since = this.mark;
    const answer = await fetch(`${this.form.dataset.picture}?since=${since}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) return;
    if (answer.status === 401) return void this.#say("expired");
    const data = await answer.json().catch(() => null);
    if (!answer.ok || !data || this.mark !== since || this.sending) return; // saved meanwhile: ask again later
    this.mark = data.mark.join(".");
    this.on.changes(data);
    if (!data.open) this.#say("closed");
    else if (["expired", "lost", "paused"].includes(this.state)) this.pending.size ? this.save() : this.#say("saved", "");
  }

  /** Say that the page is open. */
  async here() {
    if (document.hidden || this.state === "closed") return;
    await this.#post(this.form.dataset.here, "{}").catch(() => null);
  }

  /** At the end of the page: one more try that outlives it. What does not arrive is kept here. */
  leave() {
    if (!this.pending.size || this.sending) return;
    this.#post(this.form.dataset.save, this.#body(this.#group()), { keepalive: true }).catch(() => null);
  }
}
