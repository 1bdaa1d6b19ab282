/* A phone of the staff: one tap on "Switch the sound on" lets it sound, and its screen stays on while the page is open,
   because a locked phone hears nothing. Her choice holds on every page of this window; where the browser wants a touch
   again, the button says so, and a touch anywhere is enough. */
import { awaken, prepare, stayAwake } from "./ring.js";

const WANTED = "onestop.sound";
const part = (name) => document.querySelector(`[${name}]`);
const wake = () => "wakeLock" in navigator && stayAwake(true);

function show(state) {
  for (const name of ["data-sound", "data-sound-refused", "data-sounds"]) part(name).hidden = name !== state;
}

async function start() {
  const sounds = await prepare();
  if (sounds) sessionStorage.setItem(WANTED, "yes");
  show(sounds ? "data-sounds" : "data-sound");
  wake();
}

async function goOn() {
  if (await awaken()) {
    show("data-sounds");
    return;
  }
  show("data-sound-refused");
  addEventListener(
    "click",
    ({ target }) => (target.closest("[data-sound-refused] button") ? start() : goOn()),
    { once: true, capture: true },
  );
}

part("data-sound").addEventListener("click", ({ target }) => target.closest("button") && start());
const first = sessionStorage.getItem(WANTED) ? goOn() : show("data-sound");
Promise.resolve(first).finally(() => dispatchEvent(new Event("phone:ready")));
wake();
