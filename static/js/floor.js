/* The floor: minutes that go on, an undo that ends, no second press on a card that has just changed, and a phone that shakes
   and sounds when somebody new is to be found. */

import { serverNow } from "./clock.js";
import { chime } from "./ring.js";

const SETTLE_MS = 450;
const changedAt = new WeakMap();

function tick() {
  const now = serverNow();
  document.querySelectorAll("[data-since]").forEach((face) => {
    const passed = Math.max(0, Math.floor((now - Date.parse(face.dataset.since)) / 60_000));
    const shown = face.textContent.replace(/\d+/, passed);
    if (face.textContent !== shown) face.textContent = shown;
  });
  document.querySelectorAll("[data-until]").forEach((part) => {
    if (Date.parse(part.dataset.until) < now) part.hidden = true;
  });
  document.querySelectorAll("[data-looked-for]").forEach((tag) => {
    const passed = Math.max(0, Math.floor((now - Date.parse(tag.dataset.lookedFor)) / 60_000));
    const [words, minutes] = tag.querySelectorAll("span");
    const shown = minutes.textContent.replace(/\d+/, passed);
    if (minutes.textContent !== shown) minutes.textContent = shown;
    words.hidden = passed > 0;
    minutes.hidden = passed === 0;
    tag.classList.toggle("now", passed >= 3);
  });
}

/* A double tap on Next would press Start, which has come to its place. */
document.addEventListener("htmx:load", (event) => changedAt.set(event.target, performance.now()));
document.addEventListener(
  "click",
  (event) => {
    const card = event.target.closest("article");
    if (!card || performance.now() - (changedAt.get(card) ?? -SETTLE_MS) >= SETTLE_MS) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

/* The guide's pages: how many are looked for stands in the title, a new one shakes the phone, once on whichever page. */
const LOOKED = "onestop.looked";
const title = document.title;
const known = sessionStorage.getItem(LOOKED);
let looked = known === null ? null : new Set(known.split(" "));
function look() {
  const list = document.querySelector("[data-calls]");
  if (!list) return;
  const calls = list.dataset.calls.split(" ").filter(Boolean);
  document.title = calls.length ? `(${calls.length}) ${title}` : title;
  if (looked && calls.some((call) => !looked.has(call))) chime([300, 100, 300]);
  looked = new Set(calls);
  sessionStorage.setItem(LOOKED, calls.join(" "));
}

document.addEventListener("live:changed", look);
addEventListener("phone:ready", look, { once: true });
if (!document.querySelector("[data-phone]")) look();
setInterval(tick, 1000);
