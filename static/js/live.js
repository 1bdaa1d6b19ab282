/* Live fragments. A page names its stream once and each live part its topics and its address:
     <main data-live-stream="/desk/live"> … <section id="now" data-live="desk" data-live-src="/desk/now">
   The stream says only "this topic changed" (`event: topic`, `data: desk`; `data: visit now` for a call, which is not
   spread over time); the part is then fetched by the one who may see it. It speaks every 5 s; after 11 s of silence the
   parts are fetched every 10 s. `live:heard` on the document tells each sign of life, with the server's time if it came. */

import { signedOut } from "./signed_out.js";

const SILENCE_MS = 11_000;
const POLL_MS = 10_000;
const FETCH_MS = 8_000;
const TOPICS = ["board", "desk", "overview", "visit"];

/** Listens to a stream for ever. `onTopic(topic, urgent)` on each change, `onState(live)` when it goes dead or comes back. */
export function listen(url, { onTopic, onState = () => {}, onPoll = () => {} }) {
  let source = null;
  /* A stream that never comes through is noticed at the first poll. */
  let heardAt = performance.now() - SILENCE_MS;
  let polledAt = performance.now();
  let live = false;

  const heard = () => {
    heardAt = performance.now();
    alive();
    if (!live) {
      live = true;
      onState(true);
    }
  };
  const open = () => {
    source?.close();
    source = new EventSource(url);
    source.addEventListener("open", heard);
    source.addEventListener("ping", heard);
    source.addEventListener("error", () => dispatchEvent(new Event("live:error")));
    const told = (event) => {
      heard();
      const words = TOPICS.includes(event.type) ? [event.type, event.data] : String(event.data).split(" ");
      onTopic(words[0], words[1] === "now");
    };
    for (const name of ["message", "topic", ...TOPICS]) source.addEventListener(name, told);
  };

  open();
  let tickedAt = Date.now();
  setInterval(() => {
    /* A machine that slept has dead streams, and timers that stood still: everything is asked for at once. */
    const slept = Date.now() - tickedAt > SILENCE_MS && document.visibilityState === "visible";
    tickedAt = Date.now();
    if (slept) {
      open();
      onPoll();
      return;
    }
    const now = performance.now();
    if (now - heardAt <= SILENCE_MS) return;
    if (live) {
      live = false;
      onState(false);
    }
    if (now - polledAt < POLL_MS) return;
    polledAt = now;
    onPoll();
    if (source.readyState !== EventSource.OPEN || now - heardAt > 2 * SILENCE_MS) open();
  }, 1000);
  addEventListener("pageshow", (event) => event.persisted && open());
  addEventListener("pagehide", () => source?.close());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      onPoll();
      if (source.readyState === EventSource.CLOSED) open();
    }
  });
}

const alive = (time = null) => document.dispatchEvent(new CustomEvent("live:heard", { detail: time }));

/* Whether the reader was told that this page is not live; whether a stream that was open has fallen silent. */
let silent = false;
let down = false;
/** Shows or hides what says that this page is not live. */
export function tell(live) {
  silent = !live;
  document.querySelectorAll("[data-live-state]").forEach((sign) => (sign.hidden = live));
}

const busy = new Map();
const fetchedAt = new Map();
const postponed = new Set();

/** Whether a part with data-live-gap="2000" was fetched less than that long ago; it is then fetched at its end. */
function tooSoon(part) {
  const wait = Number(part.dataset.liveGap ?? 0) - (performance.now() - (fetchedAt.get(part.id) ?? -Infinity));
  if (wait <= 0) return false;
  if (!postponed.has(part.id)) {
    postponed.add(part.id);
    setTimeout(() => {
      postponed.delete(part.id);
      const current = document.getElementById(part.id);
      if (current) refresh(current);
    }, wait);
  }
  return true;
}

/** Fetches a live part again and puts it in place; never under the hands of somebody who types in it. */
export async function refresh(part) {
  const id = part.id;
  if (busy.has(id)) {
    busy.set(id, true);
    return;
  }
  if (tooSoon(part)) return;
  fetchedAt.set(id, performance.now());
  busy.set(id, false);
  try {
    const answer = await fetch(part.dataset.liveSrc, {
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
      /* A line that swallows everything must not keep the next poll waiting. */
      signal: AbortSignal.timeout(FETCH_MS),
    });
    if (answer.status === 401 || answer.status === 403 || answer.redirected) {
      signedOut();
      return;
    }
    const text = answer.status === 200 ? await answer.text() : "";
    /* A press was answered meanwhile: what was asked for before it may be older. */
    if (text && document.getElementById(id) !== part) busy.set(id, true);
    else if (text) replace(id, text);
    if (!answer.ok) throw new Error(String(answer.status));
    alive(answer.headers.get("x-onestop-time"));
    if (silent && !down) tell(true);
  } catch {
    /* Not reachable now: said at once, also where no stream ever came through; the next poll tries again. */
    tell(false);
  } finally {
    const again = busy.get(id);
    busy.delete(id);
    const current = document.getElementById(id);
    if (again && current) refresh(current);
  }
}

/** A part as the server made it, without what the reader opened and what scripts leave behind. */
function plain(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("details[open]").forEach((fold) => fold.removeAttribute("open"));
  copy.querySelectorAll('[class=""]').forEach((element) => element.removeAttribute("class"));
  return copy;
}

/** A fold of a part by where it stands and what it says. */
const fold = (one) => `${one.closest("[id]")?.id} ${one.querySelector("summary")?.textContent}`;

/** What the reader opened stays open. */
function keepOpen(old, fresh) {
  const opened = new Set([...old.querySelectorAll("details[open]")].map(fold));
  fresh.querySelectorAll("details").forEach((one) => opened.has(fold(one)) && (one.open = true));
}

/* What a finger or a mouse holds down just now: replaced under it, the press would be lost. Not for long: outside the
   window nobody hears that it was let go. */
let held = null;
const letGo = () => {
  held?.waits.forEach((id) => setTimeout(() => document.getElementById(id) && refresh(document.getElementById(id))));
  held = null;
};
addEventListener(
  "pointerdown",
  (event) => {
    held = { target: event.target, waits: new Set() };
    setTimeout((mine) => mine === held && letGo(), 5000, held);
  },
  true,
);
addEventListener("pointerup", letGo, true);
addEventListener("pointercancel", letGo, true);

function replace(id, html) {
  const old = document.getElementById(id);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.getElementById(id);
  if (!old || !fresh || plain(old).isEqualNode(plain(fresh))) return;
  /* A press is under way here: its own answer replaces the part, and htmx needs the form until then. */
  if (old.querySelector(".htmx-request")) return;
  if (held && old.contains(held.target)) {
    held.waits.add(id);
    return;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  if (focused?.matches("input:not([type=hidden]), textarea, select")) {
    focused.addEventListener("blur", () => refresh(document.getElementById(id)), { once: true });
    return;
  }
  keepOpen(old, fresh);
  old.replaceWith(fresh);
  if (focused?.id) document.getElementById(focused.id)?.focus();
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
}

function start(root) {
  const jitter = Number(root.dataset.liveJitter ?? 0);
  const parts = (topic) => document.querySelectorAll(topic ? `[data-live~="${topic}"]` : "[data-live]");
  const all = () => parts().forEach(refresh);
  let connected = false;
  addEventListener("live:again", all);
  listen(root.dataset.liveStream, {
    onTopic: (topic, urgent) => setTimeout(() => parts(topic).forEach(refresh), urgent ? 0 : Math.random() * jitter),
    onPoll: all,
    onState: (live) => {
      down = !live;
      tell(live);
      /* What changed while the stream was away is fetched when it is back. */
      if (live && connected) all();
      connected = true;
    },
  });
}

const root = document.querySelector("[data-live-stream]");
if (root) start(root);
