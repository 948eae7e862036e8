// The texts of a report. What is typed is saved on leaving the field, as the grid does; until the server has it, it is
// kept in this browser and stands there again when the page is opened.

const box = document.querySelector("#narratives[data-version]");
const status = document.getElementById("saved");

// The texts follow the form: when the grid has saved, each is read again with its new figures.
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

const store = (area) => `dienhong:text:${box.dataset.user}:${box.dataset.version}:${area.id}`;
const saving = new Map(); // section -> the promise of its save

function keep(area) {
  try {
    if (area.value === area.defaultValue) localStorage.removeItem(store(area));
    else localStorage.setItem(store(area), area.value);
  } catch { /* no room or no leave: the page itself still holds it */ }
}

function tell(area, word, bad = false) {
  const said = area.form.querySelector("[role=status]");
  said.textContent = word;
  said.classList.toggle("bad", bad);
}

/** Post one section; the answer is the section anew, with its figures or with what stands in its way. */
async function save(area, again = true) {
  const { form } = area, sent = area.value;
  if (sent === area.defaultValue) return;
  if (saving.has(area.id)) return void (await saving.get(area.id), again && save(document.getElementById(area.id), false));
  const post = (keepalive) => fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive, headers: { "HX-Request": "true" },
  });
  tell(area, box.dataset.saving);
  // Small enough, the request outlives a page that is being left.
  const work = post(sent.length < 5000).catch(() => null);
  saving.set(area.id, work);
  const answer = await work;
  saving.delete(area.id);
  if (answer?.status === 200 || answer?.status === 409) return take(area, sent, await answer.text());
  tell(area, answer?.status === 503 ? (await answer.text()) : box.dataset.kept, true);
}

/** What was said of a text at handing on goes once it was written anew and nothing in it is marked. */
function mended(section) {
  if (!section.querySelector("textarea").value || section.querySelector("mark.figure")) return;
  for (const link of document.querySelectorAll(`#text-faults a[href="#${section.id}"]`)) link.closest("li").remove();
}

function take(area, sent, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".narrative");
  const theirs = fresh?.querySelector("textarea");
  if (!theirs) return tell(area, box.dataset.kept, true); // signed out: a page came and no section
  if (area.value === sent && document.activeElement !== area) {
    const section = document.adoptNode(fresh), old = area.closest(".narrative");
    const onButton = old.contains(document.activeElement); // by Tab: the button of the new section takes its place
    old.replaceWith(section);
    window.htmx?.process(section);
    if (onButton) section.querySelector("button").focus({ preventScroll: true }); // the id does it for htmx
    if (!theirs.hasAttribute("aria-invalid")) { keep(theirs); mended(section); }
    else section.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
    return;
  }
  // Typed on meanwhile: the text in hand stays, only what it rests on is renewed.
  area.form.elements.seen.value = theirs.form.elements.seen.value;
  if (!theirs.hasAttribute("aria-invalid")) area.defaultValue = sent;
  keep(area);
  tell(area, theirs.form.querySelector("[role=status]").textContent);
}

if (box) {
  for (const area of box.querySelectorAll("textarea")) {
    let found = null;
    try { found = localStorage.getItem(store(area)); } catch { /* nothing is kept where nothing may be */ }
    if (found !== null && found !== area.value) {
      area.value = found;
      tell(area, box.dataset.found, true);
    }
  }
  box.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return;
    keep(target);
    tell(target, box.dataset.typing);
  });
  box.addEventListener("change", ({ target }) => { if (target.matches("textarea")) save(target); });
  // Saved by the button: nothing is kept any more.
  box.addEventListener("htmx:afterRequest", ({ detail }) => {
    const area = detail.elt.querySelector?.("textarea");
    if (detail.successful && area) { area.defaultValue = area.value; keep(area); }
  });
  // Handing on waits for the texts on their way, and for a text that is still in hand.
  for (const form of document.querySelectorAll("form[data-waits]")) {
    form.addEventListener("submit", (event) => {
      const open = [...box.querySelectorAll("textarea")].filter((area) => area.value !== area.defaultValue);
      if (!saving.size && !open.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      Promise.allSettled([...saving.values(), ...open.map((area) => save(area))]).then(() => {
        const stuck = [...box.querySelectorAll("textarea")].find((area) => area.value !== area.defaultValue || area.ariaInvalid);
        if (stuck) stuck.scrollIntoView({ block: "center" });
        else form.requestSubmit(event.submitter);
      });
    }, { capture: true });
  }
  addEventListener("pagehide", () => box.querySelectorAll("textarea").forEach((area) => save(area)));
}
