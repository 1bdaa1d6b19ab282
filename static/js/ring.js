/* The phone calls her: it shakes and sounds until she touches it or a minute has passed. A browser lets a page do so only
   after a touch, so one tap on "Sound on" is asked for. A quiet call shakes and makes no sound. */

const EVERY_MS = 5_000;
const LONGEST_MS = 60_000;
const SHAKE = [400, 150, 400, 150, 800];
const TUNE = [[0, 660], [0.25, 880], [0.7, 660], [0.95, 880]];

let context = null;
let timer = 0;
let ringing = null;

function play() {
  for (const [start, pitch] of TUNE) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, context.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + start + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + 0.24);
  }
}

/** After a touch: whether this phone can sound; it is heard at once. */
export async function prepare() {
  try {
    context ??= new AudioContext();
    await context.resume();
    play();
  } catch {
    context = null;
  }
  navigator.vibrate?.(200);
  return context !== null;
}

/** Without a touch: whether this page may sound all the same, as after a touch on the page before it; nothing is heard. */
export async function awaken() {
  try {
    context ??= new AudioContext();
    /* A browser that wants a touch never answers. */
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))]);
  } catch {
    context = null;
  }
  if (context?.state === "running") return true;
  context?.close();
  context = null;
  return false;
}

async function once() {
  navigator.vibrate?.(SHAKE);
  if (!ringing.quiet) await sound(() => ringing);
}

async function sound(wanted) {
  if (!context) return;
  /* A phone that was locked has put the sound to sleep. */
  if (context.state !== "running") await context.resume().catch(() => null);
  if (wanted() && context.state === "running") play();
}

/** Shakes in this pattern and sounds, once. */
export function chime(shake) {
  navigator.vibrate?.(shake);
  sound(() => true);
}

/** Rings now and again until `hush`, a touch, or a minute. */
export function ring(quiet) {
  hush();
  ringing = { quiet, until: performance.now() + LONGEST_MS };
  once();
  timer = setInterval(() => (performance.now() > ringing.until ? hush() : once()), EVERY_MS);
}

export function hush() {
  if (!ringing) return;
  clearInterval(timer);
  ringing = null;
  navigator.vibrate?.(0);
}

for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, hush, { capture: true });
document.addEventListener("visibilitychange", () => ringing && document.visibilityState === "visible" && once());

/* The screen stays on while she waits, if she wants; a browser lets go of it whenever the page is hidden. */
let awake = null;

async function hold() {
  awake = await navigator.wakeLock.request("screen").catch(() => null);
  return awake !== null;
}

/** Turns it on or off; whether it is on now. */
export async function stayAwake(wanted) {
  if (wanted) return hold();
  const held = awake;
  awake = null;
  await held?.release();
  return false;
}

document.addEventListener("visibilitychange", () => awake?.released && document.visibilityState === "visible" && hold());
