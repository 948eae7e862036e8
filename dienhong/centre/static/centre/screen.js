// A screen of a wall. It holds its whole show in its own storage, so that without the server scenes go on changing and
// each figure stays with a growing age until its freshness ends; then a dash and why.
import { settle } from "./age.js";

const body = document.body, said = body.dataset;
const number = Number(said.number), lang = document.documentElement.lang;
const store = `wall:${said.show}:${lang}:${new URLSearchParams(location.search).get("at") ?? ""}`;
const byId = (id) => document.getElementById(id);
const drawn = new Map(); // key of a tile -> [its HTML, its element]
let data = JSON.parse(byId("first").textContent), last = "", heard = Date.now(), away = false, shown = "", saving = 0;
let skew = data.now - Date.now() / 1000;
const paired = said.live.startsWith("/live/screen");
const now = () => Date.now() / 1000 + skew;

/** Which scene is on, and for how many seconds more; wall.scene_at on the server says the same. */
function current() {
  const scenes = data.scenes, cue = data.cue;
  const start = Math.max(0, scenes.findIndex((scene) => scene.key === cue.scene));
  if (cue.kind !== "rotate" || scenes.length < 2) return [scenes[start], null];
  let left = Math.max(0, now() - cue.since) % scenes.reduce((sum, scene) => sum + scene.seconds, 0);
  for (let step = 0; step < scenes.length; step += 1) {
    const scene = scenes[(start + step) % scenes.length];
    if (left < scene.seconds) return [scene, scene.seconds - left];
    left -= scene.seconds;
  }
  return [scenes[start], null];
}

function tile(key) {
  const html = data.tiles[key]?.html, kept = drawn.get(key);
  if (!html) return null;
  if (kept?.[0] === html) return kept[1];
  const box = document.createElement("template");
  box.innerHTML = html;
  const made = box.content.firstElementChild;
  if (kept) made.classList.add("changed");
  drawn.set(key, [html, made]);
  return made;
}

function show() {
  const [scene, left] = current();
  const screen = scene?.screens[number - 1];
  const place = byId("tiles");
  const tiles = (screen?.tiles ?? []).map(tile).filter(Boolean);
  if (tiles.length !== place.childElementCount || tiles.some((one, at) => place.children[at] !== one)) {
    if (tiles.length) place.replaceChildren(...tiles);
    else {
      const dark = document.createElement("p");
      dark.className = "dark";
      dark.textContent = said.dark;
      place.replaceChildren(dark);
    }
  }
  const name = screen?.name || scene?.name || data.show;
  if (shown !== name) byId("scene").textContent = shown = name;
  byId("column").textContent = screen?.column ?? "";
  const clock = new Date(new Date(data.clock).getTime() + (data.replay ? 0 : (now() - data.now) * 1000));
  const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh", hour12: false });
  byId("clock").textContent = data.replay ? `${said.replay} ${when(data.replay)}` : time.format(clock);
  const order = data.cue.kind === "takeover" ? "" : `${said.scene} ${data.scenes.indexOf(scene) + 1}/${data.scenes.length}`;
  const state = data.replay ? said.replay : data.cue.kind === "takeover" ? said.taken : data.cue.kind === "hold" ? said.held
    : left === null ? "" : `${said.next} ${Math.ceil(left)} s`;
  byId("playing").textContent = data.playing ?? "";
  byId("where").textContent = [order, state].filter(Boolean).join(" · ");
  byId("line").textContent = away ? `${said.away} ${since(clock - (now() * 1000 - (heard + skew * 1000)), clock, time)}` : "";
  settle(place, data.moment ?? now(), said.just, data.moment ?? heard / 1000 + skew);
}

/** Since when the server is away, by the wall's own clock; with its day where that is another. */
function since(moment, clock, time) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" });
  return day.format(moment) === day.format(clock) ? time.format(moment) : when(moment);
}

function when(iso) {
  const made = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
  const part = Object.fromEntries(made.formatToParts(new Date(iso)).map((each) => [each.type, each.value]));
  return `${part.hour}:${part.minute}, ${part.day}/${part.month}/${part.year}`;
}

function take(fresh) {
  heard = Date.now();
  away = false;
  data = { ...data, ...fresh, tiles: fresh.whole === false ? { ...data.tiles, ...fresh.tiles } : fresh.tiles ?? data.tiles };
  if (fresh.now) skew = fresh.now - Date.now() / 1000;
  show();
  clearTimeout(saving);
  saving = setTimeout(() => {
    try { localStorage.setItem(store, JSON.stringify(data)); } catch { localStorage.removeItem(store); }
  }, 500);
}

let stream = null, wait = 1000;
function follow() {
  if (!said.live) return;
  const mark = said.live.includes("?") ? "&" : "?";
  stream = new EventSource(said.live + (last ? `${mark}last=${last}` : ""));
  const got = (event) => {
    last = event.lastEventId || last;
    wait = 1000;
    take(JSON.parse(event.data));
  };
  stream.addEventListener("all", got);
  stream.addEventListener("change", got);
  stream.addEventListener("beat", () => { heard = Date.now(); away = false; });
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    again();
    ask();
  });
}

/** The screen is shown nothing more: its page, asked for anew, is the one that asks for a code. */
function unpaired() {
  for (const key of Object.keys(localStorage)) if (key.startsWith("wall:")) localStorage.removeItem(key);
  location.reload();
}

function again() {
  stream?.close();
  stream = null;
  setTimeout(follow, wait);
  wait = Math.min(15000, wait * 2);
}

/** Without a stream the picture is asked for; without an answer the screen goes on with what it holds. */
async function ask() {
  if (stream?.readyState === EventSource.OPEN && Date.now() - heard < 25000) return;
  if (stream?.readyState === EventSource.OPEN) again();
  try {
    const answer = await fetch(said.address, { signal: AbortSignal.timeout(8000), redirect: "error" });
    if (answer.status === 403 && paired) return unpaired();
    if (!answer.ok) throw new Error(String(answer.status));
    take(await answer.json());
  } catch {
    away = Date.now() - heard > 20000 || away;
    show();
  }
}

// A page that was opened while the server is away came from the browser's own storage: the newest of the two is shown.
try {
  const kept = JSON.parse(localStorage.getItem(store) ?? "null");
  if (kept && !data.replay && kept.now > data.now) data = kept;
} catch { localStorage.removeItem(store); }

show();
follow();
setInterval(show, 1000);
if (said.live || !data.replay) setInterval(ask, 10000);
body.classList.toggle("live", paired);
if (paired) {
  // A screen without a person signed in would end at the sign-in page.
  byId("tiles").addEventListener("click", (event) => event.preventDefault());
}
document.addEventListener("visibilitychange", show);
