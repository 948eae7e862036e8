// Keys for those who work through a queue all day. Everything can be done without them.

const rows = () => [...document.querySelectorAll("[data-row] .what a")];

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

function move(by) {
  const links = rows();
  if (!links.length) return false;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + by));
  links[next].focus();
  links[next].closest("[data-row]").scrollIntoView({ block: "nearest" });
  return true;
}

function takeNext() {
  const button = document.querySelector('[data-key="n"]');
  if (button) button.click();
  return Boolean(button);
}

function toActs() {
  const acts = document.getElementById("acts");
  if (!acts) return false;
  acts.scrollIntoView({ block: "start" });
  // The act that leads on, before the one that gives the work back.
  const field = "input:not([type=hidden]), select, textarea";
  const first = acts.querySelector("[data-first]") ?? acts.querySelector(`${field}, button:not(.plain), summary`);
  (first?.checkVisibility() ? first : acts.querySelector(`button, summary, ${field}`) ?? acts).focus();
  return true;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!(dialog instanceof HTMLDialogElement)) return false;
  dialog.showModal();
  return true;
}

const KEYS = { j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), n: takeNext, a: toActs, "?": help };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  // Arrows scroll the page, unless one is already in the queue.
  if (event.key.startsWith("Arrow") && !document.activeElement?.closest("[data-row]")) return;
  if (KEYS[event.key]?.()) event.preventDefault();
});

// A wide drawing begins where the dossier is.
const frame = document.querySelector(".process-frame");
const here = frame?.querySelector(".here");
if (here) {
  const outer = frame.getBoundingClientRect();
  const inner = here.getBoundingClientRect();
  frame.scrollLeft = inner.left - outer.left - (outer.width - inner.width) / 2;
  frame.scrollTop = inner.top - outer.top - (outer.height - inner.height) / 2;
}
