/* The machine by five keys: up, down, select (Enter), back (Escape, Backspace), and F1, which reads aloud. */

const USED = "onestop-keys-used";
const PLACES = "a[href]:not(.skip), button:not([disabled]), input:not([type=hidden], [type=submit]), summary";

const places = () =>
  [...(document.querySelector("dialog[open]") ?? document.body).querySelectorAll(PLACES)].filter((place) =>
    place.checkVisibility({ visibilityProperty: true }),
  );

/** Out of the camera; the way back of this screen; where there is none, the way to the first one. */
const back = () =>
  document.querySelector("dialog[open] [data-camera-stop]") ??
  document.querySelector("main .back a") ??
  document.querySelector("main a[href='/kiosk']");

const isTyped = (place) => place.matches("input:not([type=checkbox], [type=radio])");
const nobody = () => document.activeElement === document.body || document.activeElement?.id === "content";

function go(place) {
  place?.focus({ preventScroll: true });
  /* What the finger would see of a choice: the whole card. */
  (place?.closest(".choice") ?? place)?.scrollIntoView({ block: "center" });
}

function first() {
  const all = places();
  go(all.find((place) => !place.closest(".back")) ?? all[0]);
}

function step(by) {
  const all = places();
  const at = all.indexOf(document.activeElement);
  go(all[(at + by + all.length) % all.length]);
}

/** Which key does what, told to whoever uses them. */
const tell = () => sessionStorage.getItem(USED) && document.querySelector("[data-keys-hint]")?.removeAttribute("hidden");
tell();

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const place = document.activeElement;
  const typed = isTyped(place);
  const keys = {
    ArrowDown: () => (nobody() ? first() : step(1)),
    ArrowUp: () => (nobody() ? first() : step(-1)),
    Enter: () => {
      if (nobody()) first();
      else if (place.matches("[type=checkbox], [type=radio]")) place.click();
      else return false;
    },
    Escape: () => place.closest("[data-idle]") || back()?.click(),
    Backspace: () => (typed && place.value ? false : back()?.click()),
    F1: () => document.dispatchEvent(new Event("kiosk:help")),
  };
  if (!(event.key in keys)) return;
  sessionStorage.setItem(USED, "1");
  tell();
  if (keys[event.key]() !== false) event.preventDefault();
});

/* Whoever works by keys begins each screen at its first choice. */
if (sessionStorage.getItem(USED) && nobody()) first();
