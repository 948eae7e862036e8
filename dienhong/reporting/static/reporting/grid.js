// The grid for people who live in Excel. The server judges and formats; this file moves, pastes, computes while one
// types, and draws. What could not be saved stays in this browser (grid_line.js) and is sent again.

const form = document.getElementById("grid");
const says = JSON.parse(document.getElementById("says").textContent);
const rules = JSON.parse(document.getElementById("rules").textContent);
// The hashed names come from the page, so that a new release never meets an old part of itself.
const [{ Judge, read, ambiguous, meanings, conventions }, { Choice, Places, rowsOf, textOf }, { Line }, { Panels, make }, { Words }, expressions] = await Promise.all(
  ["judge", "block", "line", "panels", "words", "expressions"].map((name) => import(form.dataset[name])));

const byKey = (key) => form.querySelector(`td.cell[data-key="${CSS.escape(key)}"]`);
const keyOf = (input) => input.closest("td").dataset.key;
const inputOf = (td) => td?.querySelector("input, select") ?? null;
const judge = new Judge(rules, expressions, "checked" in form.dataset);
const choice = new Choice();
const saved = document.getElementById("saved");
const status = { faults: [], cells: {}, server: null }; // as the server said last
const checked = form.dataset.checked !== undefined; // handed on and refused: what is not filled in is a fault too
let tabbedFrom = null;
let savedAt = "";

const tell = (sentence) => document.dispatchEvent(new CustomEvent("dienhong:say", { detail: { sentence, shown: true } }));

// Said where one looks, however far down the cell lies: the choice itself stands at the head of the page.
const chooseOne = () => `${document.getElementById("conflicts-head").textContent} (${[...line.conflicts.keys()].map((key) => rules.cells[key]?.address).join(", ")})`;

const line = new Line(form, {
  picture: (data) => draw(data),
  changes: (data) => others(data),
  state(name, text) {
    const held = line.pending.size, open = name === "saved" && line.conflicts.size;
    if (name === "saved") savedAt = text || savedAt;
    const words = {
      typing: says.typing, saving: says.saving, saved: open ? chooseOne() : savedAt ? `${says.saved} ${savedAt}` : saved.textContent,
      lost: `${says.lost} ${held}`, expired: `${says.kept} ${held}`, paused: `${says.kept} ${held}`, stuck: `${says.kept} ${held}`, closed: says.closed, told: text,
    };
    saved.textContent = words[name];
    saved.classList.toggle("bad", Boolean(open) || ["lost", "paused", "expired", "stuck", "closed"].includes(name));
    const trouble = document.getElementById("trouble");
    trouble.hidden = !["paused", "expired", "stuck", "closed"].includes(name);
    trouble.firstElementChild.textContent = { expired: says.expired, closed: says.closed }[name] ?? text;
    trouble.lastElementChild.hidden = name !== "expired";
  },
});
const panels = new Panels({
  says, form, cells: rules.cells, line, byKey, words: new Words(form.dataset, document.getElementById("findings")), settle, tell, token: () => line.token,
  goto: (key) => (inputOf(byKey(key)) ?? byKey(key)?.querySelector("output"))?.focus(),
  meanings: (key) => { const text = inputOf(byKey(key))?.dataset.typed ?? ""; return meanings(text, rules.cells[key]).map(([convention, value]) => [convention, spoken(text, value)]); },
  choose: (key, convention) => { const input = inputOf(byKey(key)); put(input, input.dataset.typed, convention); input.focus(); },
});

// At rest a cell reads like print (4.112); in hand it holds what was typed (4112).
function rest(input) {
  if (input.matches("input") && input.dataset.typed !== undefined) input.value = input.dataset.shown || input.dataset.typed;
}

function put(input, text, convention = null) {
  input.value = text;
  input.dataset.typed = text;
  input.dataset.shown = "";
  input.defaultValue = text;
  line.note(keyOf(input), text, Number(input.dataset.seen || 0), convention);
  typed(keyOf(input), text, convention);
}

/** Take a text into the sums and checks before the server has seen it. */
function typed(key, text, convention = null) {
  const cell = rules.cells[key], td = byKey(key);
  if (td && text !== inputOf(td)?.dataset.typed) td.querySelector(".carried")?.remove();
  if (cell.kind === "number") judge.set(key, read(text, cell.decimals, convention, rules.lang));
  judgeHere();
}

function judgeHere() {
  for (const [key, text] of Object.entries(judge.compute())) {
    const output = byKey(key)?.querySelector("output");
    if (output && output.textContent !== text) output.textContent = text;
  }
  const found = judge.check();
  const faults = status.faults.filter((one) => !line.pending.has(one.where));
  // What only the server can check stays as it said last.
  const mine = new Set(judge.checks.map((one) => one.rule));
  for (const name of ["errors", "warnings"]) found[name].push(...(status.server?.[name] ?? []).filter((one) => !mine.has(one.rule)));
  mark(faults, found.errors, found.warnings);
  panels.findings({ faults, ...found });
  panels.matches(found.told);
}

function mark(faults, errors, warnings) {
  const wrong = new Set([...faults.map((one) => one.where), ...errors.flatMap((one) => one.cells)]);
  const warned = new Set(warnings.flatMap((one) => one.cells));
  for (const td of form.querySelectorAll("td.cell")) {
    td.classList.toggle("wrong", wrong.has(td.dataset.key));
    td.classList.toggle("warned", warned.has(td.dataset.key));
    td.classList.toggle("conflict", line.conflicts.has(td.dataset.key));
    const input = inputOf(td);
    if (wrong.has(td.dataset.key)) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  }
}

function drawCell(key, cell, force = false) {
  const td = byKey(key);
  if (!td) return;
  const output = td.querySelector("output");
  if (output) output.textContent = cell.shown;
  const input = inputOf(td);
  const busy = input && (line.pending.has(key) || line.conflicts.has(key) || (document.activeElement === input && input.value !== input.defaultValue));
  if (busy && !force) return; // its mark stays behind, so that saving it shows both
  judge.set(key, cell.value !== null ? { value: cell.value } : cell.empty ? { empty: cell.empty } : null);
  if (!input) return;
  input.dataset.typed = cell.typed;
  input.dataset.shown = cell.shown;
  input.dataset.seen = cell.edit;
  if (input.matches("select")) input.value = cell.typed;
  else if (document.activeElement === input) { if (input.value !== cell.typed) input.value = input.defaultValue = cell.typed; } else rest(input);
  let words = td.querySelector(".na");
  if (cell.words && !words) input.after(words = make("span", "", "na"));
  if (words) cell.words ? (words.textContent = cell.words) : words.remove();
  if (!cell.carried) td.querySelector(".carried")?.remove();
  else if (!td.querySelector(".carried")) (words ?? input).after(make("span", says.carried, "carried"));
}

function drawFindings(data) {
  Object.assign(status.cells, data.cells);
  const unfilled = checked ? data.unfilled.map((where) => ({ where, sentence: says.unfilled })) : [];
  status.faults = [...data.faults, ...unfilled];
  status.server = data;
  if (line.pending.size) return judgeHere();
  mark(status.faults, data.errors, data.warnings);
  panels.findings({ ...data, faults: status.faults });
  panels.matches(judge.check().told);
}

function draw(data) {
  for (const [key, cell] of Object.entries(data.cells)) drawCell(key, cell);
  drawFindings(data);
  panels.conflicts(line.conflicts);
}

function others(data) {
  people(data.people);
  const edited = [];
  for (const [key, cell] of Object.entries(data.cells)) {
    drawCell(key, cell);
    if (!cell.by) continue;
    const td = byKey(key);
    td.classList.add("theirs");
    setTimeout(() => td.classList.remove("theirs"), 6000);
    edited.push([cell.by, rules.cells[key].address]);
  }
  if (data.faults) drawFindings(data);
  if (data.comments) panels.comments(data.comments);
  if (edited.length) tell(`${[...new Set(edited.map(([by]) => by))].join(", ")} ${says.also} ${edited.map(([, where]) => where).slice(0, 8).join(", ")}${edited.length > 8 ? "…" : ""}`);
}

function people(names) {
  const tag = document.getElementById("people");
  const n = names.length + 1;
  const text = names.length ? `${[says.two, says.three][n - 2] ?? n} ${says.open}: ${names.join(", ")}` : "";
  if (tag.textContent !== text) tag.textContent = text;
  tag.hidden = !text;
}

/** Settle a conflict: keep one's own over the other's, or let the other's stand. */
function settle(key, keepMine) {
  const { mine, other } = line.conflicts.get(key);
  const input = inputOf(byKey(key));
  line.drop(key);
  input.dataset.seen = other.edit;
  if (keepMine) put(input, mine.text, mine.convention);
  panels.conflicts(line.conflicts);
  if (!keepMine) { drawCell(key, status.cells[key], true); judgeHere(); line.on.state("saved", ""); }
  input.focus();
}

function step(td, down, right) {
  const target = new Places(td).next(down, right);
  if (!target) return false;
  inputOf(target).focus();
  return true;
}

form.addEventListener("keydown", (event) => {
  const input = event.target.closest("td.cell input, td.cell select");
  if (!input) return;
  const td = input.closest("td");
  const text = input.matches("input");
  const atStart = !text || input.selectionEnd === 0 || (input.selectionStart === 0 && input.selectionEnd === input.value.length);
  const atEnd = !text || input.selectionStart === input.value.length || (input.selectionStart === 0 && input.selectionEnd === input.value.length);
  const arrows = { ArrowDown: [1, 0, true], ArrowUp: [-1, 0, true], ArrowLeft: [0, -1, atStart], ArrowRight: [0, 1, atEnd] };
  const arrow = arrows[event.key];
  const whole = !text || (input.selectionStart === 0 && input.selectionEnd === input.value.length) || choice.many;
  const command = event.ctrlKey || event.metaKey;
  if (arrow && event.shiftKey && whole) {
    event.preventDefault();
    const places = new Places(choice.from ? choice.edge ?? td : td);
    const target = places.at(arrow[0], arrow[1]);
    if (target) { choice.to(td, target); choice.edge = target; }
  } else if (arrow && arrow[2] && !event.shiftKey && !command && !event.altKey && (text || arrow[1])) {
    event.preventDefault();
    step(td, arrow[0], arrow[1]);
  } else if (event.key === "Enter" && text) {
    event.preventDefault();
    enter(td, event.shiftKey ? -1 : 1);
  } else if ((event.key === "Home" || event.key === "End") && (command || whole) && !event.shiftKey) {
    const all = td.closest(command ? "table" : "tr").querySelectorAll("td.cell :is(input, select)");
    event.preventDefault();
    all[event.key === "Home" ? 0 : all.length - 1].focus();
  } else if (event.key === "Tab") {
    if (!event.shiftKey) tabbedFrom ??= td;
  } else if (command && ["z", "y"].includes(event.key.toLowerCase()) && input.value === input.defaultValue) {
    event.preventDefault();
    back(event.shiftKey || event.key.toLowerCase() === "y" ? "redo" : "undo");
  } else if (command && event.key.toLowerCase() === "c" && choice.many) {
    event.preventDefault();
    copy();
  } else if ((event.key === "Delete" || event.key === "Backspace") && choice.many) {
    event.preventDefault();
    for (const each of choice.rows.flat()) if (inputOf(each)) put(inputOf(each), "");
    tell(says.cleared);
  } else if (event.key === "F2" && event.shiftKey) {
    event.preventDefault();
    panels.remark(td.dataset.key);
  } else if (event.key === "F2" && text) {
    event.preventDefault();
    edit(input);
  } else if (event.key === "Escape") {
    choice.clear();
    input.value = input.defaultValue;
    typed(td.dataset.key, input.value);
  }
});

// After a run of Tab, Enter goes down from where the run began, as in Excel.
function enter(td, down) {
  const from = down > 0 ? tabbedFrom : null;
  tabbedFrom = null;
  const start = from?.closest("tbody") === td.closest("tbody") ? from : td;
  if (step(start, down, 0)) return;
  const input = inputOf(td); // the last cell: nothing is left, so nothing else takes what was typed
  if (input.value !== input.dataset.typed) put(input, input.value);
  input.select();
}

async function back(way) {
  const data = await line.back(way);
  const key = data?.restored[0];
  if (!key) return;
  for (const each of data.restored) drawCell(each, data.cells[each], true);
  inputOf(byKey(key))?.focus();
  saved.textContent = `${says[`${way}ne`]} ${data.restored.map((each) => rules.cells[each].address).slice(0, 8).join(", ")}`;
}

const held = (td) => inputOf(td)?.dataset.typed ?? inputOf(td)?.value ?? "";
const visible = (td) => (td.querySelector("output") ? td.querySelector("output").textContent : held(td));

async function copy() {
  const text = textOf(choice.rows.map((row) => row.map(visible)));
  await navigator.clipboard.writeText(text).catch(() => tell(document.body.dataset.lost));
}

form.addEventListener("copy", (event) => {
  if (!choice.many) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", textOf(choice.rows.map((row) => row.map(visible))));
});

form.addEventListener("paste", async (event) => {
  const input = event.target.closest("td.cell input");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const single = !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""));
  if (!input || (single && editing)) return; // amid a text being edited it goes in where the caret stands
  event.preventDefault();
  const places = new Places(input.closest("td"));
  const left = { outside: [], computed: [], longer: [] };
  const fits = [];
  rowsOf(text).forEach((values, down) => values.forEach((raw, right) => {
    const value = raw.trim();
    const td = places.at(down, right);
    const target = inputOf(td);
    if (value.length > 2000) left.longer.push(value.slice(0, 20));
    else if (target) fits.push([target, value]);
    else if (value) (td?.querySelector("output") ? left.computed : left.outside).push(value);
  }));
  const unsure = fits.map(([target, value]) => [value, rules.cells[keyOf(target)]])
    .filter(([value, cell]) => cell.kind === "number" && ambiguous(value));
  const convention = unsure.length && !single ? await ask(unsure) : null; // one cell asks beside the grid, as if typed
  for (const [target, value] of fits) put(target, value, convention);
  if (single) input.select();
  leftOut(left);
});

const spoken = (text, reading) => `“${text}” ${says.as} ${reading.replace(".", rules.lang === "vi" ? "," : ".")}`;

/** One question for the whole block; resolves to the convention, or null where each cell is to be mended by hand. */
function ask(unsure) {
  const dialog = document.getElementById("convention");
  const possible = conventions(unsure);
  const [[example]] = unsure;
  for (const button of dialog.querySelectorAll("button[value]")) {
    if (!button.value) continue;
    button.hidden = !possible.includes(button.value);
    button.textContent = spoken(example, ambiguous(example)[button.value]);
  }
  dialog.showModal();
  return new Promise((done) => {
    const finish = (value) => { dialog.close(); done(value || null); };
    dialog.querySelectorAll("button").forEach((button) => { button.onclick = () => finish(button.value); });
    dialog.oncancel = () => finish("");
  });
}

function leftOut(left) {
  const box = document.getElementById("left-out");
  const said = Object.entries(left).filter(([, values]) => values.length)
    .map(([name, values]) => make("p", `${says[name]} ${values.length} (${values.slice(0, 6).join("; ")}${values.length > 6 ? "; …" : ""})`));
  box.replaceChildren(...said);
  box.hidden = !said.length;
}

form.addEventListener("focusin", (event) => {
  const input = event.target;
  editing = false;
  panels.here();
  if (!input.matches("td.cell input, td.cell select")) return;
  if (choice.many && !choice.rows.flat().includes(input.closest("td"))) choice.clear();
  choice.edge = null;
  if (input.matches("select")) return;
  if (!line.pending.has(keyOf(input)) && input.dataset.typed !== undefined) input.value = input.dataset.typed;
  input.defaultValue = input.value;
  input.select();
});

form.addEventListener("focusout", (event) => {
  const input = event.target;
  setTimeout(() => panels.here()); // before that no element has the focus
  if (input.matches("td.cell input") && input.value === input.dataset.typed && !line.pending.has(keyOf(input))) rest(input);
});

// As in a spreadsheet: a click on the cell one is in replaces it at the next key; double click, F2 or typing edits it.
let editing = false;
let pointer = "";
form.addEventListener("mousedown", (event) => {
  const input = event.target;
  if (!input.matches("td.cell input") || pointer !== "mouse" || event.shiftKey || (input === document.activeElement && editing)) return;
  event.preventDefault(); // left to itself the press would put the caret amid the number
  input.focus();
  input.select();
});
form.addEventListener("dblclick", (event) => {
  if (event.target.matches("td.cell input")) edit(event.target);
});
function edit(input) {
  editing = true;
  input.setSelectionRange(input.value.length, input.value.length);
}

form.addEventListener("pointerdown", (event) => {
  pointer = event.pointerType;
  const td = event.target.closest("td.cell");
  if (!td) return;
  tabbedFrom = null;
  const here = document.activeElement?.closest?.("td.cell");
  if (event.shiftKey && here) { event.preventDefault(); choice.to(here, td); choice.edge = td; } else choice.clear();
});
form.addEventListener("pointerover", (event) => {
  const td = event.target.closest("td.cell, td.blocked");
  const here = document.activeElement?.closest?.("td.cell");
  if (event.pointerType === "mouse" && event.buttons === 1 && td && here && td !== here) { choice.to(here, td); choice.edge = td; }
});

form.addEventListener("input", (event) => {
  editing = true;
  choice.clear();
  if (event.target.matches("td.cell input")) typed(keyOf(event.target), event.target.value);
});

form.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("td.cell input, td.cell select") && input.value !== input.dataset.typed) put(input, input.value);
});
form.addEventListener("submit", (event) => event.preventDefault());

for (const each of document.querySelectorAll("form[data-waits]")) {
  each.addEventListener("submit", async (event) => {
    if (!line.pending.size && !line.conflicts.size && !panels.explaining.size && !line.sending) return;
    event.preventDefault();
    await line.save();
    await Promise.allSettled([...panels.explaining]);
    if (line.conflicts.size) return document.getElementById("conflicts").scrollIntoView();
    if (line.pending.size) return saved.scrollIntoView({ block: "center" }); // why, stands there
    each.submit();
  });
}

/** What to mend first: the first wrong cell of the form, then a warning without its sentence, then the texts. */
const first = () => inputOf(form.querySelector("td.cell.wrong:has(input, select)"))
  ?? document.querySelector("#warnings li[data-rule]:not(.answered) textarea") ?? document.querySelector("#text-faults a");

for (const way of ["undo", "redo"]) document.getElementById(way).addEventListener("click", () => back(way));
const past = document.getElementById("past");
past.hidden = !form.querySelector(".past");
// Beside each cell without asking where there is room (grid.css); the button turns it the other way.
const pastShown = () => Boolean(form.querySelector(".past")?.checkVisibility());
const sayPast = () => past.setAttribute("aria-pressed", String(pastShown()));
past.addEventListener("click", () => {
  const show = !pastShown();
  form.classList.toggle("with-past", show);
  form.classList.toggle("without-past", !show);
  sayPast();
});
addEventListener("resize", sayPast);
sayPast();

addEventListener("online", () => line.save());
addEventListener("focus", () => { line.look(); if (line.pending.size) line.save(); });
// A text in hand is no change yet: a page loaded anew, a closed tab or a phone put away would take it along.
function keepBegun() {
  const input = document.activeElement;
  if (input?.matches?.("#grid td.cell input") && input.value !== input.dataset.typed) put(input, input.value);
}
addEventListener("pagehide", () => { keepBegun(); line.leave(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) { keepBegun(); line.leave(); } });
addEventListener("beforeunload", (event) => { if (line.pending.size && line.state !== "typing" && line.state !== "saving") event.preventDefault(); });

for (const input of form.querySelectorAll("td.cell input, td.cell select")) {
  input.dataset.typed = input.value;
  if (document.activeElement !== input) rest(input);
}
for (const [key, one] of line.pending) {
  const input = inputOf(byKey(key));
  if (!input) { line.drop(key); continue; }
  input.value = one.text;
  typed(key, one.text, one.convention);
}
drawFindings({ cells: {}, ...JSON.parse(document.getElementById("found").textContent) });
panels.comments(JSON.parse(document.getElementById("comments-data").textContent));
if (checked) first()?.focus();
if (line.pending.size) line.save();
line.here().then(() => line.look());
setInterval(() => line.look(), 10000);
setInterval(() => line.here(), 20000);
form.dataset.ready = "";
