// Keys of the operator: each presses the button that bears it. Not while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  const button = [...document.querySelectorAll("#remote [data-key]")].find((one) => one.dataset.key === event.key);
  if (!button || button.matches(":disabled")) return;
  event.preventDefault();
  button.click();
});
