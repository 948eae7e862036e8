// How old a figure is, in words, and whether it may still be shown: the same on boards and on walls.

const lang = document.documentElement.lang || "vi";
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

export function words(seconds, just) {
  if (seconds < 60) return just;
  if (seconds >= 60 * 86400) return say(Math.floor(seconds / (30 * 86400)), "month");
  const [unit, size] = units.find((each) => seconds >= each[1]);
  return say(Math.floor(seconds / size), unit);
}

function say(count, unit) {
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/**
 * Put age and state into every tile below `root`; `now` and `heard` in seconds by the server's clock. What is counted and
 * not published (who is late, how directives stand) is as old as the last word of the server, which tells every change.
 */
export function settle(root, now, just, heard) {
  for (const tile of root.querySelectorAll("[data-known], [data-counted]")) {
    const age = Math.max(0, now - Number(tile.dataset.known ?? heard)), fresh = Number(tile.dataset.fresh);
    const place = tile.querySelector("[data-age]");
    const said = words(age, just);
    if (place && place.textContent !== said) place.textContent = said;
    tile.classList.toggle("broken", fresh > 0 && age > fresh);
  }
}
