/** Copy buttons: shown only where there is a script to serve them, also in a piece that came with a new state. */
function show(where) {
  for (const button of where.querySelectorAll("[data-copies]")) button.hidden = false;
}

show(document);
document.addEventListener("htmx:load", (event) => show(event.detail.elt));
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copies]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copies);
  } catch {
    return; // the text stands beside the button and can be marked by hand
  }
  document.dispatchEvent(new CustomEvent("dienhong:say", { detail: { sentence: button.dataset.copied, shown: true } }));
});
