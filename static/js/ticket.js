/* Her ticket on the phone: it calls her when it is her turn, says when it is not live, and keeps its last state. Between
   calls the live part is fetched once a minute, because estimates move without anything happening to her visit. */
import { forget, keep, wasKept } from "./kept.js";
import { refresh, tell } from "./live.js";
import { hush, prepare, ring, stayAwake } from "./ring.js";
import "./press.js";

const EVERY_MS = 60_000;
const AGAIN_MS = 5_000;
const root = document.documentElement;
const part = (name) => document.querySelector(`[${name}]`);
const current = () => document.getElementById("now");

/* -- of when this page is: the server's time at the last sign of life ------------------------------------------- */

const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: root.dataset.zone });
let known = { server: Date.parse(root.dataset.now), at: performance.now() };
let asOf = root.dataset.keptAt ?? words.format(known.server);

document.addEventListener("live:heard", ({ detail }) => {
  if (detail) {
    known = { server: Date.parse(detail), at: performance.now() };
    delete root.dataset.keptAt;
  }
  /* A page from the phone is as old as it was until the server has told it anew. */
  if (wasKept()) return;
  asOf = words.format(known.server + (performance.now() - known.at) * Number(root.dataset.rate ?? 1));
  document.querySelectorAll("[data-as-of] bdi").forEach((time) => (time.textContent = asOf));
});

/* -- her turn --------------------------------------------------------------------------------------------------- */

const title = document.title;
const turnOf = (now) => now?.dataset.call ?? "";
let told = turnOf(current());

function look() {
  const now = current();
  if (!now) return;
  const turn = turnOf(now);
  document.title = now.dataset.title || title;
  if (turn && turn !== told) {
    scrollTo({ top: 0 });
    ring("quiet" in now.dataset);
  }
  if (!turn) hush();
  if (!turn && told) scrollTo({ top: 0 });
  told = turn;
  /* The visit has begun since the page was opened: only a fresh page has its stream. */
  if (now.dataset.visit === "open" && !part("data-live-stream")) location.reload();
  dress();
}

/* A tick is kept at once, one sending after the other, so that the last one counts; "Kept." is shown only when nothing is
   under way. Where that fails the button is there. Who leaves before her last tick was sent: it goes as a beacon, which no
   worker holds up. Without its key each is sent for itself. */
const ticks = () => document.querySelector("[data-ticks]");
let waits = false;
let sending = null;

function ticked() {
  const body = new URLSearchParams(new FormData(ticks()));
  body.delete("_key");
  waits = false;
  return body;
}

function sendTicks() {
  sending = new AbortController();
  return fetch(ticks().action, { method: "POST", body: ticked(), signal: sending.signal }).catch(() => null);
}

async function keepTicks() {
  ticks().querySelector("[data-saved]").hidden = true;
  waits = true;
  if (sending) return;
  let answer = null;
  while (waits) answer = await sendTicks();
  sending = null;
  ticks().querySelector("[data-saved]").hidden = !answer?.ok;
  ticks().querySelector(".actions").hidden = Boolean(answer?.ok);
}

document.addEventListener("change", (event) => event.target.closest("[data-ticks]") && keepTicks());
addEventListener("pagehide", () => {
  if (!sending) return;
  sending.abort(); /* It must not arrive after the last one. */
  navigator.sendBeacon(ticks().action, ticked());
});

/* -- what the phone can do: sound, a screen that stays on, the last state --------------------------------------- */

let sounds = false;
let awake = false;
let stored = wasKept();

function dress() {
  const here = part("data-phone");
  if (!here || !part("data-keep")) return;
  const show = { "data-sound": !sounds, "data-sounds": sounds, "data-wake": "wakeLock" in navigator, "data-kept": stored };
  for (const [name, shown] of Object.entries(show)) part(name).hidden = !shown;
  part("data-wake").querySelector("button").setAttribute("aria-pressed", String(awake));
}

async function save() {
  stored = await keep(asOf, title);
  dress();
}

document.addEventListener("click", async (event) => {
  const pressed = (name) => event.target.closest(`[${name}] button`);
  if (pressed("data-sound")) sounds = await prepare();
  else if (pressed("data-wake")) awake = await stayAwake(!awake);
  else if (pressed("data-kept")) {
    await forget();
    const said = document.getElementById("forgotten").content.cloneNode(true);
    document.querySelector("main").replaceChildren(said);
    document.querySelector("main").focus();
    history.replaceState(null, "", "/");
    return;
  } else return;
  dress();
});

function fetchNow() {
  const now = current();
  if (now) refresh(now);
}

let fetchedAt = performance.now();
setInterval(() => {
  const sign = part("data-live-state");
  if (document.visibilityState !== "visible") return;
  if (performance.now() - fetchedAt < (sign?.hidden ?? true ? EVERY_MS : AGAIN_MS)) return;
  fetchedAt = performance.now();
  fetchNow();
  if (sign?.hidden) save();
}, AGAIN_MS);

document.addEventListener("live:changed", () => {
  look();
  save();
});
document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? fetchNow() : wasKept() || save()));
for (const change of ["online", "offline"]) addEventListener(change, fetchNow);

look();
if (wasKept()) {
  tell(false);
  fetchNow();
} else save();
