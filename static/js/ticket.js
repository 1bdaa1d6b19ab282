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

/* A tick is kept at once, one after the other, so that the last one counts; where that fails the button is there.
   Without its key each is sent for itself. */
const ticks = document.querySelector("[data-ticks]");
let sent = Promise.resolve();

async function keepTicks() {
  const body = new URLSearchParams(new FormData(ticks));
  body.delete("_key");
  const answer = await fetch(ticks.action, { method: "POST", body, keepalive: true }).catch(() => null);
  ticks.querySelector("[data-saved]").hidden = !answer?.ok;
  ticks.querySelector(".actions").hidden = Boolean(answer?.ok);
}

ticks?.addEventListener("change", () => {
  sent = sent.then(keepTicks);
});

document.addEventListener("live:changed", look);
setInterval(() => {
  const now = document.getElementById("now");
  if (now && document.visibilityState === "visible") refresh(now);
}, EVERY_MS);
