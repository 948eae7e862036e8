// The little that every page needs: theme, dialogs, menus, what is said to a screen reader. Everything works without it.

const root = document.documentElement;
const THEMES = ["day", "night", "wall"];

function chooseTheme(name) {
  root.classList.remove(...THEMES);
  if (THEMES.includes(name)) root.classList.add(name);
  const secure = location.protocol === "https:" ? ";Secure" : "";
  document.cookie = `theme=${name};Path=/;Max-Age=31536000;SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll("[data-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.theme === name));
  }
}

/** Say one sentence to a screen reader; with `shown`, also as a toast that stays until closed or 8 s after. */
function say(sentence, { shown = false } = {}) {
  const live = document.getElementById("live");
  if (live) {
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = sentence; });
  }
  if (shown) toast(sentence);
}

function toast(sentence) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  const words = document.createElement("span");
  const close = document.createElement("button");
  box.className = "toast";
  words.textContent = sentence;
  close.className = "link";
  close.type = "button";
  close.textContent = place.dataset.close;
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  place.append(box);
  setTimeout(() => { if (!box.matches(":hover, :focus-within")) box.remove(); }, 8000);
}

// Other modules say things by an event, so that no second copy of this file is loaded under its hashed name:
// document.dispatchEvent(new CustomEvent("dienhong:say", { detail: { sentence, shown } })).
document.addEventListener("dienhong:say", (event) => say(event.detail.sentence, event.detail));

document.addEventListener("click", (event) => {
  const from = event.target instanceof Element ? event.target : null;
  if (!from) return;
  const theme = from.closest("[data-theme]");
  if (theme) {
    event.preventDefault();
    chooseTheme(theme.dataset.theme);
  }
  const opener = from.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
  const closer = from.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  const speaker = from.closest("[data-says]");
  if (speaker) say(speaker.dataset.says, { shown: true });
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(from)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// What a browser says of a field that is not filled in is in the browser's language; here in the page's.
const told = new Set();
document.addEventListener("invalid", ({ target: field }) => {
  const says = document.getElementById("toasts")?.dataset;
  if (!says || field.validity.customError) return;
  const { valueMissing, tooShort } = field.validity;
  const choice = field.matches("select, [type=radio], [type=file]");
  field.setCustomValidity(valueMissing ? (field.matches("[type=checkbox]") ? says.unticked : choice ? says.unchosen : says.missing) : tooShort ? says.short : says.wrong);
  told.add(field);
}, true);
// Judged anew at each press: what was said of a field must not outlive its being filled in.
for (const name of ["input", "change", "click"]) {
  document.addEventListener(name, () => {
    for (const field of told) field.setCustomValidity("");
    told.clear();
  }, true);
}

// A page with errors begins at its list of errors.
document.querySelector(".error-summary")?.focus();

// htmx: after a part was exchanged, say what its author wrote in data-says; a broken line is said, never swallowed.
document.addEventListener("htmx:afterSwap", (event) => {
  const spoken = event.detail.elt.querySelector?.("[data-says-now]");
  if (spoken) say(spoken.dataset.saysNow);
  event.detail.elt.querySelector?.(".error-summary")?.focus();
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    // While the house is closed for repair the server says so in a line.
    const plain = detail.xhr?.status === 503 && detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    say(plain ? detail.xhr.responseText : document.body.dataset.lost, { shown: true });
  });
}

// On a phone the navigation is one line that slides: the page one is on is brought into it.
const current = document.querySelector(".nav-row [aria-current]");
if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.offsetLeft - 16;
