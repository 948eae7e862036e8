// Makes filling in smoother; everything works without it. Shows fields at once, saves while typing, tells how an upload goes.
const form = document.getElementById("page-form");

for (const button of document.querySelectorAll("[data-once]"))
  button.closest("form").addEventListener("submit", () => setTimeout(() => { button.disabled = true; }));

document.querySelector(".error-summary")?.focus();

if (form) {
  const facts = JSON.parse(form.dataset.facts || "{}");

  // What an input says now: text, true or false for yes and no, a list for several choices.
  const value = (name) => {
    const box = document.querySelector(`[data-name="${CSS.escape(name)}"]`);
    if (!box) return facts[name];
    if (box.hidden) return undefined;
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (!inputs.length) return facts[name];
    if (inputs[0].type === "checkbox" && inputs.length > 1) return inputs.filter((each) => each.checked).map((each) => each.value);
    if (inputs[0].type === "radio") return inputs.find((each) => each.checked)?.value;
    if (inputs[0].type === "checkbox") return inputs[0].checked ? "yes" : undefined;
    return inputs[0].value.trim() || undefined;
  };
  const same = (found, wanted) => {
    if (typeof wanted === "boolean") return found === wanted || found === (wanted ? "yes" : "no");
    if (typeof wanted === "number") return number(found) === wanted;
    return found === wanted;
  };
  const number = (found) => (typeof found === "number" ? found : Number(String(found ?? "x").replace(/[.,\s]/g, "")));
  const order = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b, "=": (a, b) => a === b, "!=": (a, b) => a !== b };
  const compare = (found, sign, wanted) => {
    if (sign === "=") return same(found, wanted);
    if (sign === "!=") return !same(found, wanted);
    if (typeof wanted === "number") { const said = number(found); return !Number.isNaN(said) && order[sign](said, wanted); }
    const day = String(found ?? "").replace(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/, (_all, d, m, y) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
    return /^\d{4}-\d\d-\d\d$/.test(day) && order[sign](day, wanted);
  };
  const holds = ([what, name, ...rest], scope) => {
    const find = (key) => value(scope + key) ?? value(key);
    switch (what) {
      case "and": return [name, ...rest].every((each) => holds(each, scope));
      case "or": return [name, ...rest].some((each) => holds(each, scope));
      case "not": return !holds(name, scope);
      case "given": { const found = find(name); return found !== undefined && found !== "" && !(Array.isArray(found) && !found.length); }
      case "has": return [].concat(find(name) ?? []).includes(rest[0]);
      case "in": return rest[0].some((each) => same(find(name), each));
      case "count": return compare(Number(form.querySelector(`[name="${CSS.escape(name)}.rows"]`)?.value ?? facts[name]?.length ?? 0), rest[0], rest[1]);
      default: return compare(find(name), rest[0], rest[1]);
    }
  };
  const show = () => {
    for (const box of form.querySelectorAll("[data-shown]")) {
      const scope = box.dataset.name.includes(".") ? box.dataset.name.replace(/[^.]*$/, "") : "";
      box.hidden = !holds(JSON.parse(box.dataset.shown), scope);
    }
    form.elements.seen.value = [...form.querySelectorAll(":scope > [data-name]")].filter((box) => !box.hidden).map((box) => box.dataset.name).join(" ");
  };

  // Saved while typing, two seconds after the last key; a failed saving says nothing, the button saves again.
  let timer;
  const save = async () => {
    const sent = new FormData(form);
    for (const name of [...sent.keys()]) if (name.startsWith("file.")) sent.delete(name);
    sent.set("do", "autosave");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (answer.ok) document.getElementById("saved").textContent = `${form.dataset.saved} ${(await answer.json()).saved}`;
    } catch { /* the line is down: what was typed is still on the page */ }
  };
  form.addEventListener("input", () => { show(); clearTimeout(timer); timer = setTimeout(save, 2000); });
  form.addEventListener("change", show);

  // An upload with its progress; what comes back is the whole page, as without a script.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    const button = event.submitter;
    if (!button?.value?.startsWith("upload:") || ![...form.querySelectorAll('input[type="file"]')].some((each) => each.files.length)) return;
    event.preventDefault();
    const bar = document.createElement("progress");
    button.after(bar);
    button.disabled = true;
    const sent = new FormData(form);
    sent.set("do", button.value);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (step) => { bar.max = step.total; bar.value = step.loaded; };
    request.onload = () => {
      const errors = request.status === 422 && new DOMParser().parseFromString(request.responseText, "text/html").getElementById("main");
      if (!errors) { location.assign(location.pathname + location.search); return; }
      document.getElementById("main").replaceWith(errors);  // works on as without a script
      errors.querySelector(".error-summary")?.focus();
    };
    request.onerror = () => { bar.remove(); button.disabled = false; form.submit(); };
    request.open("POST", form.action || location.href);
    request.send(sent);
  });
  show();
}
