/* The phone calls her: when it is her turn it shakes, sounds and shows the desk on the whole screen. Between calls the
   live part is fetched once a minute, because estimates move without anything happening to her visit. */
import { refresh } from "./live.js";

const EVERY_MS = 60_000;
let told = document.getElementById("now")?.dataset.turn ?? "";

function sound() {
  try {
    const context = new AudioContext();
    for (const [start, pitch] of [[0, 660], [0.25, 880], [0.7, 660], [0.95, 880]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.25, context.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start + 0.22);
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + start);
      tone.stop(context.currentTime + start + 0.24);
    }
  } catch {
    /* No sound on this phone: the picture and the shaking remain. */
  }
}

function look() {
  const now = document.getElementById("now");
  if (!now) return;
  const turn = now.dataset.turn ?? "";
  if (turn && turn !== told) {
    scrollTo({ top: 0 });
    navigator.vibrate?.([400, 150, 400, 150, 800]);
    sound();
  }
  told = turn;
  /* The visit has begun since the page was opened: only a fresh page has its stream. */
  if (now.dataset.visit === "open" && !document.querySelector("[data-live-stream]")) location.reload();
}

/* A tick is kept at once, one sending after the other, so that the last one counts; "Kept." is shown only when nothing is
   under way. Where that fails the button is there. Who leaves before her last tick was sent: it goes with her. Without
   its key each is sent for itself. */
const ticks = document.querySelector("[data-ticks]");
let waits = false;
let sending = null;

function sendTicks() {
  const body = new URLSearchParams(new FormData(ticks));
  body.delete("_key");
  waits = false;
  sending = new AbortController();
  return fetch(ticks.action, { method: "POST", body, keepalive: true, signal: sending.signal }).catch(() => null);
}

async function keepTicks() {
  ticks.querySelector("[data-saved]").hidden = true;
  waits = true;
  if (sending) return;
  let answer = null;
  while (waits) answer = await sendTicks();
  sending = null;
  ticks.querySelector("[data-saved]").hidden = !answer?.ok;
  ticks.querySelector(".actions").hidden = Boolean(answer?.ok);
}

ticks?.addEventListener("change", keepTicks);
addEventListener("pagehide", () => {
  if (!waits) return;
  sending.abort(); /* It must not arrive after the last one. */
  sendTicks();
});

document.addEventListener("live:changed", look);
setInterval(() => {
  const now = document.getElementById("now");
  if (now && document.visibilityState === "visible") refresh(now);
}, EVERY_MS);
