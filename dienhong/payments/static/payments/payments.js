/** Copy buttons: shown only where there is a script to serve them. */
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
    } catch {
      return; // the text stands beside the button and can be marked by hand
    }
    document.dispatchEvent(new CustomEvent("dienhong:say", { detail: { sentence: button.dataset.copied, shown: true } }));
  });
}
