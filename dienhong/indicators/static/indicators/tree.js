// The tree of a passport: htmx brings the rows of a branch once, this folds and unfolds them.

function rowsBelow(row) {
  const prefix = `${row.dataset.path}/`;
  return [...row.parentElement.children].filter((other) => (other.dataset.path ?? "").startsWith(prefix));
}

function childrenOf(row) {
  const depth = row.dataset.path.split("/").length + 1;
  return rowsBelow(row).filter((other) => other.dataset.path.split("/").length === depth);
}

function fold(row, twist) {
  twist.setAttribute("aria-expanded", "false");
  for (const other of rowsBelow(row)) {
    other.hidden = true;
    other.querySelector(".twist")?.setAttribute("aria-expanded", "false");
  }
}

document.addEventListener("click", (event) => {
  const twist = event.target instanceof Element ? event.target.closest(".tree .twist") : null;
  const row = twist?.closest("tr");
  if (!row) return;
  if (twist.getAttribute("aria-expanded") === "true") {
    fold(row, twist);
    return;
  }
  twist.setAttribute("aria-expanded", "true");
  for (const other of childrenOf(row)) other.hidden = false;
});
