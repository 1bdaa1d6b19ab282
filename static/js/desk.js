/* The desk: minutes that run, seconds left to undo, the sound of a ready desk, no second press by accident, and what is
   said while the server is away. */

import { serverNow } from "./clock.js";

const SETTLE_MS = 350;
const PROBE_MS = 5000;
const PROBE_LASTS_MS = 4000;
const part = (id) => document.getElementById(id);

/* -- what runs ---------------------------------------------------------------------------------- */

function run() {
  document.querySelectorAll("[data-since]").forEach((since) => {
    const minutes = Math.floor((serverNow() - Date.parse(since.dataset.since)) / 60_000);
    write(since, minutes > 0 ? since.dataset.minutes.replace("#", minutes) : since.dataset.now);
  });
  document.querySelectorAll("[data-left]").forEach((left) => {
    const seconds = Math.ceil((Date.parse(left.dataset.left) - serverNow()) / 1000);
    if (seconds > 0) write(left, left.dataset.seconds.replace("#", seconds));
    else fetchAgain("mine");
  });
  document.querySelectorAll("[data-gone]").forEach((news) => (news.hidden = Date.parse(news.dataset.gone) <= serverNow()));
  const ready = document.querySelector("[data-ready]");
  if (ready && Date.parse(ready.dataset.ready) <= serverNow()) fetchAgain("now");
}

function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

let fetching = false;
function fetchAgain(id) {
  if (fetching) return;
  fetching = true;
  setTimeout(() => (fetching = false), 1000);
  window.htmx?.ajax("GET", part(id).dataset.liveSrc, { target: `#${id}`, swap: "outerHTML" }).catch(() => {});
}

/* -- who is called ------------------------------------------------------------------------------ */

let call = part("now").dataset.call;
let wasReady = "ready" in part("now").dataset;

function lookAtCall() {
  const now = part("now").dataset;
  if (now.call && now.call !== call) {
    part("said").textContent = now.say;
    if (wasReady) part("ready-sound").play().catch(() => {});
  }
  call = now.call;
  wasReady = "ready" in now;
}

/* -- a zone was changed: what was open stays open, and a press meant for the old button is dropped - */

const opened = new Set();
let pressed = "";
let settling = { until: 0, byOther: false };

addEventListener(
  "toggle",
  ({ target }) => {
    if (target.id) opened[target.open ? "add" : "delete"](target.id);
    if (!target.open || !target.closest("#more")) return;
    const shown = target.querySelector(".more-panel") ?? target;
    /* On a wide screen More opens over the other zones: nothing has to move for it. */
    if (getComputedStyle(shown).position !== "absolute") shown.scrollIntoView({ block: "nearest" });
  },
  true,
);

/* What was chosen or typed for the visitor who is here outlives a change by others, until it was sent. */
let typed = { call: "", values: new Map() };
const nameOf = (field) => (field.type === "radio" ? field.name : field.id);
addEventListener("change", ({ target: field }) => {
  if (!field.closest?.("#now") || !nameOf(field)) return;
  if (typed.call !== call) typed = { call, values: new Map() };
  typed.values.set(nameOf(field), field.type === "checkbox" ? field.checked : field.value);
});

function typeAgain(zone) {
  if (typed.call !== part("now").dataset.call) return;
  zone.querySelectorAll("input:not([type=hidden]), select").forEach((field) => {
    const value = typed.values.get(nameOf(field));
    if (value === undefined) return;
    if (field.type === "radio") field.checked ||= field.value === value;
    else if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  });
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) return;
  /* The outcomes stand outside the form that sends them. */
  for (const name of detail.requestConfig?.parameters?.keys?.() ?? Object.keys(detail.requestConfig?.parameters ?? {})) typed.values.delete(name);
  detail.elt.querySelectorAll?.("input, select").forEach((field) => typed.values.delete(nameOf(field)));
});

document.addEventListener("live:changed", ({ target }) => {
  target.querySelectorAll("details[id]").forEach((fold) => (fold.open = opened.has(fold.id)));
  typeAgain(target);
  changed(target.id === "now", true);
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const mine = detail.target.id === "zones";
  if (mine) opened.clear();
  if (mine) typeAgain(part("now"));
  if (mine && document.activeElement === document.body) part("now").focus({ preventScroll: true });
  changed(mine, false);
});

function changed(now, byOther) {
  if (now) settling = { until: performance.now() + SETTLE_MS, byOther };
  lookAtCall();
  run();
}

function drop(event, again) {
  const free = event.target !== document.body && !event.target.closest?.("#zones");
  if (free || performance.now() >= settling.until || !(settling.byOther || again)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

addEventListener("click", (event) => drop(event, event.detail > 1), true);
addEventListener(
  "keydown",
  (event) => {
    drop(event, event.key === pressed);
    pressed = event.key;
  },
  true,
);

/* -- cut off: the numbers stay, and the page says that they are old ------------------------------- */

const silent = document.querySelector(".live-state[data-live-state]");
const cutOff = part("cut-off");

/* Asks whether the server is there, if anything speaks against it; when it is back, all parts are asked for again. */
async function probe(doubt) {
  if (!doubt && navigator.onLine && silent?.hidden && cutOff.hidden) {
    write(cutOff.querySelector("bdi"), document.querySelector("[data-clock] bdi")?.textContent);
    return;
  }
  const there = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(PROBE_LASTS_MS) }).then(
    (answer) => answer.ok,
    () => false,
  );
  const back = there && !cutOff.hidden;
  cutOff.hidden = there;
  if (back) dispatchEvent(new Event("live:again"));
}

/* Nothing is taken for live after a sleep, until the server has answered. */
let tickedAt = Date.now();
function tick() {
  const slept = Date.now() - tickedAt > 2 * PROBE_MS;
  tickedAt = Date.now();
  if (slept) {
    cutOff.hidden = false;
    probe(true);
  }
  run();
}

document.addEventListener("htmx:sendError", () => (cutOff.hidden = false));
document.addEventListener("htmx:timeout", () => (cutOff.hidden = false));
addEventListener("live:error", () => probe(true));
addEventListener("offline", () => probe(true));
setInterval(tick, 1000);
setInterval(() => probe(false), PROBE_MS);
