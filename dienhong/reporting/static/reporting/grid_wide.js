// A form wider than its place: says that it slides, and on which side more of it lies.

for (const place of document.querySelectorAll(".scroll.many")) {
  const hint = place.previousElementSibling;
  const look = () => {
    const over = place.scrollWidth - place.clientWidth;
    hint.hidden = over < 2;
    place.classList.toggle("more-before", place.scrollLeft > 1);
    place.classList.toggle("more-after", place.scrollLeft < over - 1);
  };
  place.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(place);
  look();
}
