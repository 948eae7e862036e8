// The texts follow the form: when the grid has saved, each is read again with its new figures.
const status = document.getElementById("saved");

async function refresh(block) {
  const answer = await fetch(block.dataset.preview, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return; // signed out or gone: the text as it stood says no less
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
  if (fresh) block.replaceWith(document.adoptNode(fresh));
}

if (status)
  new MutationObserver(() => {
    // The grid says a time once everything typed is kept; while it is saving there is nothing new to read.
    if (/\d\d:\d\d/.test(status.textContent)) document.querySelectorAll("#narratives [data-preview]").forEach(refresh);
  }).observe(status, { childList: true, characterData: true, subtree: true });
