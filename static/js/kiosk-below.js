/* More stands below: a strip says so as long as it is true, and leads there. A wheel turns what scrolls, wherever it points,
   and so do the keys for a page. */

const NEAR = 24; // pixels: nothing but the margin is left
const PAGE = 0.7; // of what is seen: the last lines are seen again
const main = document.querySelector("main");
const strips = [...document.querySelectorAll("[data-below]")];
const strip = strips.find((each) => main.contains(each)) ?? strips[0];

const room = () => main.clientHeight - (main.querySelector(".foot")?.offsetHeight ?? 0);
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

function show() {
  if (strip) strip.hidden = main.scrollHeight - main.scrollTop - main.clientHeight <= NEAR;
}

function turn(pages) {
  main.scrollBy({ top: pages * PAGE * room(), behavior: isCalm.matches ? "auto" : "smooth" });
}

/** Whoever works by keys goes on at the first choice that was not seen. */
function goOn() {
  const end = main.getBoundingClientRect().top + room();
  const rest = [...main.querySelectorAll("a[href], button, input:not([type=hidden]), summary")];
  const place = rest.find(
    (each) => !each.closest(".foot") && each.checkVisibility() && (each.closest(".choice") ?? each).getBoundingClientRect().bottom > end,
  );
  place?.focus({ preventScroll: true });
  (place?.closest(".choice") ?? place)?.scrollIntoView({ block: "center" });
}

for (const each of strips) if (each !== strip) each.remove();
strip?.addEventListener("click", (event) => {
  event.preventDefault(); // no place of a screen gets into its address
  if (event.detail) turn(1);
  else goOn();
});

main.addEventListener("scroll", show, { passive: true });
const watch = new ResizeObserver(show);
for (const each of [main, ...main.children]) watch.observe(each);
show();

document.addEventListener(
  "wheel",
  (event) => {
    if (!main.contains(event.target)) main.scrollBy({ top: event.deltaY });
  },
  { passive: true },
);

document.addEventListener("keydown", (event) => {
  const pages = { PageDown: 1, PageUp: -1 }[event.key];
  if (!pages || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  turn(pages);
});
