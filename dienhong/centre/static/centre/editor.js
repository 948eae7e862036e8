// The editor works without this; here: where the focus goes after an act, moving by keys, a word before leaving.

const editor = () => document.getElementById("editor");
let leaving = false;

function settle() {
  const place = editor()?.dataset.focus;
  if (place) document.getElementById(place)?.focus();
}

document.addEventListener("keydown", (event) => {
  const slot = event.target instanceof Element && event.target.closest("[data-slot]");
  if (!slot) return;
  const verb = event.altKey && event.key === "ArrowLeft" ? "up" : event.altKey && event.key === "ArrowRight" ? "down"
    : event.key === "Delete" ? "remove" : "";
  const button = verb && document.getElementById(`${verb}-${slot.dataset.slot}`);
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.click();
});

document.addEventListener("input", (event) => {
  if (event.target.closest?.("#editor")) editor().dataset.dirty = "1";
});
document.addEventListener("change", (event) => {
  // Another form of tile asks for other fields: they are shown at once.
  if (event.target.id === "id_form") document.querySelector('#editor [value="look"]')?.click();
});
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) leaving = true;
});
document.addEventListener("submit", (event) => { if (event.target.id !== "editor") leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && editor()?.dataset.dirty) event.preventDefault();
});
