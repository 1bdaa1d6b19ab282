/* Silent calls for help: the title counts on one that is open, a phone or tablet of the floor shakes once for a new one
   without a sound, one that nobody answers is said to be so, and that one ended is told for a minute. */
import { serverNow } from "./clock.js";

const SHAKE_MS = 200;
const SIGN = "(!) ";
let known = null;

function rise() {
  const now = serverNow();
  document.querySelectorAll("[data-rises]").forEach((line) => (line.hidden = Date.parse(line.dataset.rises) > now));
  document.querySelectorAll(".asked [data-gone]").forEach((line) => (line.hidden = Date.parse(line.dataset.gone) <= now));
}

/* The bar covers nothing: the page ends, and scrolls, above it. */
function makeRoom() {
  const bars = [...document.querySelectorAll(".alarms")].filter((bar) => getComputedStyle(bar).position === "fixed");
  const high = Math.max(0, ...bars.map((bar) => bar.offsetHeight));
  document.documentElement.style.setProperty("--alarms-room", `${high}px`);
}

function look() {
  rise();
  makeRoom();
  const open = [...document.querySelectorAll("[data-alarm]")];
  const bare = document.title.replace(SIGN, "");
  const title = open.length ? SIGN + bare : bare;
  if (document.title !== title) document.title = title;
  const fresh = known && open.some((line) => !known.has(line.dataset.alarm));
  if (fresh && document.querySelector("[data-alarms-shake]")) navigator.vibrate?.(SHAKE_MS);
  known = new Set(open.map((line) => line.dataset.alarm));
}

/* After whatever else the page does with its title. */
const later = () => setTimeout(look);
for (const change of ["live:changed", "htmx:afterSwap"]) document.addEventListener(change, later);
later();
addEventListener("resize", later);
setInterval(() => {
  rise();
  makeRoom();
}, 1000);
