// The grid for people who live in Excel. The server judges and formats; this file moves, pastes, saves and keeps.
// What could not be saved stays in this browser under the version's address and is sent again.

const form = document.getElementById("grid");
const status = document.getElementById("saved");
const STORE = `grid:${form.dataset.save}`;
const inputs = () => [...form.querySelectorAll("td.cell input, td.cell select")];
const byKey = (key) => form.querySelector(`td.cell[data-key="${CSS.escape(key)}"]`);
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

let pending = new Map(Object.entries(JSON.parse(localStorage.getItem(STORE) || "{}")));
let sending = false;
let timer = 0;
let convention = null;

function keep() {
  if (pending.size) localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(pending)));
  else localStorage.removeItem(STORE);
}

// At rest a cell reads like print (4.112); in hand it holds what was typed (4112).
function rest(input) {
  if (input.dataset.typed !== undefined) input.value = input.dataset.shown || input.dataset.typed;
}

function say(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

function note(input) {
  const key = input.closest("td").dataset.key;
  input.dataset.typed = input.value;
  input.dataset.shown = "";
  pending.set(key, { text: input.value, seen: Number(input.dataset.seen || 0) });
  keep();
  clearTimeout(timer);
  timer = setTimeout(save, 300);
}

async function save() {
  if (sending || !pending.size) return;
  sending = true;
  const batch = pending;
  pending = new Map();
  say(form.dataset.saving);
  try {
    const body = JSON.stringify({ cells: Object.fromEntries(batch), convention, request_key: crypto.randomUUID() });
    const answer = await fetch(form.dataset.save, {
      method: "POST", body, redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error(form.dataset.again);
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error);
    draw(data);
  } catch (error) {
    for (const [key, one] of batch) if (!pending.has(key)) pending.set(key, one);
    say(error instanceof TypeError ? form.dataset.lost : error.message, true);
    clearTimeout(timer);
    timer = setTimeout(save, 5000);
  } finally {
    keep();
    sending = false;
  }
  if (pending.size && !timer) timer = setTimeout(save, 300);
}

function draw(data) {
  const wrong = new Map();
  for (const fault of data.faults) wrong.set(fault.where, fault.sentence);
  for (const one of data.errors) for (const key of one.cells) if (!wrong.has(key)) wrong.set(key, one.sentence);
  const warned = new Set(data.warnings.flatMap((one) => one.cells));
  for (const [key, cell] of Object.entries(data.cells)) {
    const td = byKey(key);
    if (!td) continue;
    const output = td.querySelector("output");
    if (output) output.textContent = cell.shown;
    const input = td.querySelector("input, select");
    if (input) {
      input.dataset.typed = cell.typed;
      input.dataset.shown = cell.shown;
      if (!pending.has(key) && document.activeElement !== input) rest(input);
      input.dataset.seen = cell.edit;
      input.toggleAttribute("aria-invalid", wrong.has(key));
      if (wrong.has(key)) input.setAttribute("aria-invalid", "true");
      words(td, cell.words);
    }
    td.classList.toggle("wrong", wrong.has(key));
    td.classList.toggle("warned", warned.has(key));
    td.classList.remove("conflict");
  }
  for (const [key, other] of Object.entries(data.conflicts)) {
    const td = byKey(key);
    td.classList.add("conflict");
    td.querySelector("input, select").dataset.seen = other.edit;
    say(`${form.dataset.conflict} “${other.typed}” (${other.by})`, true);
  }
  list(data);
  if (!Object.keys(data.conflicts).length) say(`${form.dataset.saved} ${data.at}`);
}

function words(td, text) {
  let span = td.querySelector(".na");
  if (!text) return span?.remove();
  if (!span) { span = document.createElement("span"); span.className = "na"; td.append(span); }
  span.textContent = text;
}

function list(data) {
  const items = [...data.faults.map((one) => [one.where, one.sentence]), ...data.errors.map((one) => [one.cells[0], one.sentence])];
  const ul = document.querySelector("#faults ul");
  if (items.length) ul.replaceChildren(...items.map(([key, sentence]) => line(key, sentence)));
  else { const ok = document.createElement("li"); ok.className = "ok"; ok.textContent = ul.dataset.none || "✓"; ul.replaceChildren(ok); }
  const known = new Set([...document.querySelectorAll("#warnings input[name=rule]")].map((one) => one.value));
  const now = new Set(data.warnings.map((one) => one.rule));
  const same = known.size === now.size && [...now].every((rule) => known.has(rule));
  // Explanations are forms of the page: when the set of warnings changed, fetch that part again.
  if (!same && !document.querySelector("#warnings textarea:focus")) refresh();
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "X-Part": "findings" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["warnings", "blanks"]) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(document.importNode(fresh, true));
  }
}

function line(key, sentence) {
  const li = document.createElement("li");
  const link = document.createElement("a");
  const td = byKey(key);
  link.href = `#${td?.id || ""}`;
  link.textContent = td ? td.id.replace("cell-", "") : key;
  link.addEventListener("click", (event) => { event.preventDefault(); td?.querySelector("input, select")?.focus(); });
  const bold = document.createElement("b");
  bold.append(link);
  li.append(bold, document.createElement("br"), sentence);
  return li;
}

function move(input, down, right) {
  const td = input.closest("td");
  const rows = [...td.closest("tbody").rows];
  const cellsOf = (row) => [...row.querySelectorAll("td.cell")];
  let row = rows.indexOf(td.parentElement);
  const column = cellsOf(td.parentElement).indexOf(td) + right;
  for (row += down; row >= 0 && row < rows.length; row += down || rows.length) {
    const target = cellsOf(rows[row])[column]?.querySelector("input, select");
    if (target) { target.focus(); target.select?.(); return true; }
  }
  return false;
}

form.addEventListener("keydown", (event) => {
  const input = event.target.closest("td.cell input");
  if (!input) return;
  const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const moves = {
    Enter: [event.shiftKey ? -1 : 1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0],
    ArrowLeft: whole ? [0, -1] : null, ArrowRight: whole ? [0, 1] : null,
  };
  const step = moves[event.key];
  if (step) {
    event.preventDefault();
    move(input, ...step);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && input.value === input.defaultValue) {
    event.preventDefault();
    undo();
  } else if (event.key === "Escape") {
    input.value = input.defaultValue;
  }
});

async function undo() {
  await save();
  const answer = await fetch(form.dataset.undo, { method: "POST", headers: { "X-CSRFToken": token() } });
  const data = await answer.json();
  if (!answer.ok) return say(data.error, true);
  for (const input of inputs()) {
    const cell = data.cells[input.closest("td").dataset.key];
    if (cell) { input.dataset.typed = cell.typed; input.dataset.shown = cell.shown; rest(input); }
  }
  draw(data);
}

form.addEventListener("focusin", (event) => {
  if (!event.target.matches("td.cell input")) return;
  const input = event.target;
  if (!pending.has(input.closest("td").dataset.key) && input.dataset.typed !== undefined) input.value = input.dataset.typed;
  input.defaultValue = input.value;
  input.select();
});

form.addEventListener("focusout", (event) => {
  const input = event.target;
  if (input.matches("td.cell input") && input.value === input.dataset.typed) rest(input);
});

form.addEventListener("change", (event) => {
  if (!event.target.matches("td.cell input, td.cell select")) return;
  event.target.defaultValue = event.target.value;
  note(event.target);
});

form.addEventListener("paste", (event) => {
  const input = event.target.closest("td.cell input");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!input || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const block = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((row) => row.split("\t"));
  const td = input.closest("td");
  const rows = [...td.closest("tbody").rows];
  const start = rows.indexOf(td.parentElement);
  const column = [...td.parentElement.querySelectorAll("td.cell")].indexOf(td);
  block.forEach((values, down) => values.forEach((value, right) => {
    const target = rows[start + down]?.querySelectorAll("td.cell")[column + right]?.querySelector("input, select");
    if (!target) return;
    target.value = value.trim();
    target.defaultValue = target.value;
    note(target);
  }));
});

addEventListener("online", save);
addEventListener("beforeunload", (event) => { if (pending.size) { save(); event.preventDefault(); } });
document.getElementById("submit-form").addEventListener("submit", async (event) => {
  if (!pending.size) return;
  event.preventDefault();
  await save();
  if (!pending.size) event.target.submit();
});

for (const input of inputs()) {
  if (!input.matches("input")) continue;
  input.dataset.typed = input.value;
  rest(input);
}
for (const [key, one] of pending) {
  const input = byKey(key)?.querySelector("input, select");
  if (input) input.value = one.text;
}
if (pending.size) save();
