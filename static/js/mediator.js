/* A mediator who is needed hears it and feels it: once for each talk, as soon as the page has heard of it. */
const sound = document.getElementById("ready-sound");
let needed = document.getElementById("place").dataset.needed;

document.addEventListener("live:changed", ({ target }) => {
  if (target.id !== "place") return;
  const now = target.dataset.needed;
  if (now && now !== needed) {
    navigator.vibrate?.([400, 150, 400, 150, 800]);
    sound.play().catch(() => {});
    scrollTo({ top: 0 });
  }
  needed = now;
});
