// The receiver's board: a group at once, how many are chosen, one reason for whichever dialog is used.

const form = document.getElementById("board");

form.addEventListener("change", (event) => {
  const all = event.target.dataset?.all;
  if (all) for (const box of form.querySelectorAll(`[data-group="${all}"]`)) box.checked = event.target.checked;
  for (const words of form.querySelectorAll("[data-chosen]")) {
    words.textContent = `${words.dataset.chosen} ${form.querySelectorAll("[name=duty]:checked").length}`;
  }
});

form.addEventListener("submit", (event) => {
  const reason = event.submitter?.closest("dialog")?.querySelector("[data-reason]");
  if (reason) form.elements.reason.value = reason.value;
});
