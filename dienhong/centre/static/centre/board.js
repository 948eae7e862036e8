// A board on a desk: ages grow, and a tile that was redrawn takes the place of the old one.
import { settle } from "./age.js";

const board = document.querySelector(".board[data-board]");
if (board) {
  const skew = Number(board.dataset.clock) - Date.now() / 1000;
  const now = () => Date.now() / 1000 + skew;
  let heard = now();
  setInterval(() => settle(board, now(), board.dataset.just, heard), 15000);
  if (board.dataset.live) follow();

  function follow() {
    let last = "", wait = 1000;
    const open = () => {
      const stream = new EventSource(`${board.dataset.live}${last ? `&last=${last}` : ""}`);
      const take = (event) => {
        last = event.lastEventId || last;
        wait = 1000;
        for (const [key, tile] of Object.entries(JSON.parse(event.data).tiles ?? {})) exchange(key.split("/")[1], tile.html);
        hear();
      };
      const hear = () => {
        heard = now();
        settle(board, now(), board.dataset.just, heard);
      };
      stream.addEventListener("beat", hear);
      stream.addEventListener("all", take);
      stream.addEventListener("change", take);
      stream.addEventListener("error", () => {
        if (stream.readyState !== EventSource.CLOSED) return;
        setTimeout(open, wait);
        wait = Math.min(60000, wait * 2);
      });
      window.addEventListener("pagehide", () => stream.close(), { once: true });
    };
    open();
  }

  /** A tile without what grows by itself: the first picture after opening says mostly what is there. */
  function bare(tile) {
    const copy = tile.cloneNode(true);
    copy.querySelector("[data-age]")?.replaceChildren();
    copy.classList.remove("broken");
    delete copy.dataset.html;
    return copy.outerHTML;
  }

  function exchange(id, html) {
    const old = document.getElementById(`tile-${id}`);
    if (!old || old.dataset.html === html || old.contains(document.activeElement)) return;
    const box = document.createElement("template");
    box.innerHTML = html;
    const fresh = box.content.firstElementChild;
    if (bare(old) !== bare(fresh)) old.replaceWith(fresh);
    document.getElementById(`tile-${id}`).dataset.html = html;
  }
}
