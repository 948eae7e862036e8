// Tell the catalogue that this page was looked at: the count ranks what is found. Nothing about the visitor is sent.
const place = document.querySelector("[data-seen]");
const key = place && `seen:${place.dataset.code}`;
if (place && !sessionStorage.getItem(key)) {
  sessionStorage.setItem(key, "1");
  navigator.sendBeacon(place.dataset.seen, new URLSearchParams({ code: place.dataset.code }));
}
