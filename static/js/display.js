/* The board: each call is played once, oldest first, and what is cut off says so.
   The page begins with the lines it was made with; those count as played. */

import { follow } from "./freshness.js";
import { announce, chime } from "./speaker.js";

const PLAY_MS = 4000;
const PLAYED_FOR_S = 60;

const part = (id) => document.getElementById(id);
const lines = () => [...part("lines").querySelectorAll("[data-call]")];
const said = new Map();
const waiting = [];
const tooLate = new Map();
let latest = part("lines");
let current = null;
let playing = false;
let last = Number(part("lines").dataset.last);

let rung = part("lines").dataset.rings;

for (const line of lines()) said.set(line.dataset.call, Number(line.dataset.said));

/* -- what is new --------------------------------------------------------------------------------- */

function take(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("#lines");
  if (!fresh) return;
  /* Another size or other desks: the whole page is made for them. */
  if (fresh.dataset.setup !== latest.dataset.setup) return location.reload();
  latest = fresh;
  last = Math.max(last, Number(fresh.dataset.last));
  /* The latest stands first, the oldest is played first. */
  for (const line of [...fresh.querySelectorAll("[data-call]")].reverse()) {
    const { call, said: times, age } = line.dataset;
    if ((said.get(call) ?? 0) >= Number(times)) continue;
    said.set(call, Number(times));
    if (Number(age) > PLAYED_FOR_S) continue;
    tooLate.set(call, performance.now() + (PLAYED_FOR_S - Number(age)) * 1000);
    if (!waiting.includes(call)) waiting.push(call);
  }
  show();
  /* Everybody is called to a session: its line has no number to say. */
  if (fresh.dataset.rings && fresh.dataset.rings !== rung && fresh.dataset.sound !== "none") chime();
  rung = fresh.dataset.rings;
  if (!playing) play();
}

/* -- playing: each call is the top line until it was heard, and some seconds at least ------------------ */

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const holds = (call) => latest.querySelector(`[data-call="${call}"]`) !== null;

async function play() {
  playing = true;
  while (waiting.length) {
    const call = waiting.shift();
    /* Taken back meanwhile, or nobody walks to a desk because of it any more: it is not said. */
    if (!holds(call) || performance.now() > tooLate.get(call)) continue;
    current = call;
    show();
    await Promise.all([announce(call), pause(PLAY_MS)]);
  }
  playing = false;
  current = null;
  show();
}

/** The lines: the call that is heard now, then those that are heard next, then the others, the latest first. */
function show() {
  const next = latest.cloneNode(true);
  const list = next.querySelector(".calls");
  const order = [current, ...waiting].map((call) => next.querySelector(`[data-call="${call}"]`));
  list?.prepend(...order.filter((line) => line !== null));
  const most = Number(next.dataset.shown);
  next.querySelectorAll("[data-call]").forEach((line, at) => (line.hidden = at >= most));
  if (text(next) !== text(part("lines"))) part("lines").replaceWith(next);
}

const text = (node) => node.outerHTML.replace(/ data-(age|last)="\d+"/g, "");

part("sound-on").addEventListener("click", () => chime());

follow({
  stream: part("lines").dataset.stream,
  address: () => `${part("lines").dataset.src}?after=${last}${location.search.replace("?", "&")}`,
  take,
});
