// The receiver's board: a group at once, how many are chosen, one reason for whichever dialog is used.

const form = document.getElementById("board");

function count() {
  const chosen = form.querySelectorAll("[name=duty]:checked").length;
  for (const words of form.querySelectorAll("[data-chosen]")) words.textContent = `${words.dataset.chosen} ${chosen}`;
}

form.addEventListener("change", (event) => {
  const all = event.target.dataset?.all;
  if (all) for (const box of form.querySelectorAll(`[data-group="${all}"]`)) box.checked = event.target.checked;
  count();
});

// A row's own button means that row alone, whatever was ticked before. Before the dialog is opened, hence capture.
form.addEventListener("click", (event) => {
  const only = event.target.closest("[data-only]")?.dataset.only;
  if (!only) return;
  for (const box of form.querySelectorAll("[name=duty]")) box.checked = box.value === only;
  form.querySelector(`[name=duty][value="${only}"]`).dispatchEvent(new Event("change", { bubbles: true }));
}, true);

form.addEventListener("submit", (event) => {
  const reason = event.submitter?.closest("dialog")?.querySelector("[data-reason]");
  if (reason) form.elements.reason.value = reason.value;
});

// An act that was refused: its dialog stands open as it was left, with the reason.
count();
form.querySelector("dialog[data-again]")?.showModal();
