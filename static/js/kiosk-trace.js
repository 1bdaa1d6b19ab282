/* Nobody there: ask, then forget everything. And nothing of a visitor stays behind her: no address, no page, no value. */

const IDLE = 90_000;
const GRACE = 20_000;
const AFTER_SPEECH = 30_000;
const START = "/kiosk";

const dialog = document.querySelector("[data-idle]");
const isFirst = location.pathname === START;
const shown = Number(dialog?.dataset.back) * 1000; // a result goes by itself, and asks nobody
let timer;
let due = 0;
let speaking = false;
let leaving = false; // somebody pressed what leads away

/* The first screen as nobody has touched it belongs to the next visitor. */
if (isFirst && !location.search) forget();

function forget() {
  sessionStorage.clear();
  localStorage.clear();
}

function wipe() {
  forget();
  leaving = true;
  location.replace(START);
}

function ask() {
  if (isFirst || shown) return wipe();
  dialog.showModal();
  chime();
  document.dispatchEvent(new Event("kiosk:asks"));
  timer = setTimeout(wipe, GRACE);
}

/** Two tones, as a question. */
function chime() {
  const context = new AudioContext();
  for (const [frequency, at] of [[660, 0], [880, 0.25]]) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(new GainNode(context, { gain: 0.15 })).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
}

function wait(least) {
  clearTimeout(timer);
  if (dialog?.open) dialog.close();
  due = Math.max(due, Date.now() + least);
  if (!dialog || speaking || (isFirst && !location.search && !sessionStorage.length)) return;
  timer = setTimeout(ask, due - Date.now());
}

const again = () => {
  due = 0;
  wait(shown || IDLE);
};
/* A finger on the question closes it when it is lifted, so that it does not touch what is below. */
document.addEventListener("pointerdown", () => dialog?.open || again(), { passive: true });
document.addEventListener("scroll", () => dialog?.open || again(), { passive: true, capture: true });
document.addEventListener("keydown", again, true);
dialog?.addEventListener("click", again);
document.addEventListener("kiosk:speaks", (event) => {
  if (dialog?.open) return; // the question itself
  if (speaking === event.detail) return;
  speaking = event.detail;
  wait(AFTER_SPEECH);
});
again();

/* From here on this script says when the screen goes back, and not the answer's Refresh, which counts on while she reads.
   Who has pressed something already goes where she pressed: that is not stopped. */
window.addEventListener("load", () => setTimeout(() => leaving || window.stop(), 0), { once: true });

/* The paper of this screen is under way: the screen asks again whether it came. */
const looksAgain = document.documentElement.dataset.looksAgain;
if (looksAgain) setTimeout(() => location.reload(), looksAgain * 1000);

/* Nothing to go back to: a screen takes the place of the one before, and a form leaves only the first screen behind. */
document.addEventListener("click", (event) => {
  const there = event.target.closest("a[href]");
  if (!there || event.defaultPrevented || there.origin !== location.origin || there.hash) return;
  event.preventDefault();
  leaving = true;
  location.replace(there.href);
});

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const pressed = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
  if (event.defaultPrevented) return;
  leaving = true;
  if (pressed("method")?.toLowerCase() === "post") {
    history.replaceState(null, "", START);
    return;
  }
  event.preventDefault();
  const there = new URL(pressed("action"), location.href);
  there.search = new URLSearchParams(new FormData(form, submitter));
  location.replace(there);
});

/* A page that the browser keeps is empty, and whatever is shown again leads to the first screen: the machine has no way
   back but the one on its screens. */
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && !isFirst) wipe();
window.addEventListener("pagehide", () => document.body.replaceChildren());
window.addEventListener("pageshow", (event) => event.persisted && location.replace(START));
