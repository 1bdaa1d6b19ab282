/* The board: each call is played once, oldest first, and what is cut off says so.
   The page begins with the lines it was made with; those count as played. */

import { listen } from "./live.js";

const POLL_MS = 5000;
const FETCH_MS = 4000;
const PLAY_MS = 4000;
const PLAYED_FOR_S = 60;
const STALE_S = 15;
const GREY_S = 60;
const GONE_S = 300;

const part = (id) => document.getElementById(id);
const lines = () => [...part("lines").querySelectorAll("[data-call]")];
const said = new Map();
const waiting = [];
let latest = null;
let playing = false;
let heardAt = performance.now();
let last = Number(part("lines").dataset.last);

for (const line of lines()) said.set(line.dataset.call, Number(line.dataset.said));

/* -- what is new --------------------------------------------------------------------------------- */

let asking = false;
let again = false;

async function ask() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(`${part("lines").dataset.src}?after=${last}${location.search.replace("?", "&")}`, {
      headers: { "HX-Request": "true" },
      cache: "no-store",
      signal: AbortSignal.timeout(FETCH_MS),
    });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) location.reload();
    else if (answer.ok) take(await answer.text());
  } catch {
    /* Not reachable: the band tells it, the next poll tries again. */
  } finally {
    asking = false;
    if (again) {
      again = false;
      ask();
    }
  }
}

function take(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("#lines");
  if (!fresh) return;
  heard();
  latest = fresh;
  last = Math.max(last, Number(fresh.dataset.last));
  /* The latest stands first, the oldest is played first. */
  for (const line of [...fresh.querySelectorAll("[data-call]")].reverse()) {
    const { call, said: times, age } = line.dataset;
    if ((said.get(call) ?? 0) >= Number(times)) continue;
    said.set(call, Number(times));
    if (Number(age) <= PLAYED_FOR_S) waiting.push(call);
  }
  if (!playing) play();
}

/* -- playing: each call is the top line for some seconds ------------------------------------------ */

function play() {
  const call = waiting.shift();
  playing = call !== undefined;
  show();
  if (!playing) return;
  chime();
  setTimeout(play, PLAY_MS);
}

/** The latest lines without those that wait to be played. */
function show() {
  if (!latest) return;
  const next = latest.cloneNode(true);
  next.querySelectorAll("[data-call]").forEach((line) => waiting.includes(line.dataset.call) && line.remove());
  next.querySelectorAll("[data-call]").forEach((line, at) => (line.hidden = at > 4));
  if (!same(next, part("lines"))) part("lines").replaceWith(next);
}

const same = (one, other) => text(one) === text(other);
const text = (node) => node.innerHTML.replace(/ data-age="\d+"/g, "");

/* -- sound: a browser may want a hand on it first -------------------------------------------------- */

function chime() {
  const sound = part("chime");
  sound.currentTime = 0;
  sound.play().then(
    () => (part("sound-off").hidden = true),
    (refused) => (part("sound-off").hidden = refused.name !== "NotAllowedError"),
  );
}

part("sound-on").addEventListener("click", chime);

/* -- how old it is --------------------------------------------------------------------------------- */

function heard() {
  heardAt = performance.now();
  const shown = part("stale").querySelector("bdi");
  const face = document.querySelector("[data-clock] bdi");
  if (shown && face) shown.textContent = face.textContent;
  age();
}

function age() {
  const seconds = (performance.now() - heardAt) / 1000;
  const root = document.documentElement.classList;
  part("stale").hidden = seconds <= STALE_S;
  root.toggle("stale", seconds > GREY_S);
  root.toggle("gone", seconds > GONE_S);
  part("gone").hidden = seconds <= GONE_S;
}

listen(part("lines").dataset.stream, { onTopic: ask, onPoll: ask, onState: (live) => live && ask() });
setInterval(ask, POLL_MS);
setInterval(age, 1000);
addEventListener("online", ask);
