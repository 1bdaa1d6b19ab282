/* A phone of the staff: one tap on "Sound on" lets it sound, and its screen stays on while the page is open, because a
   locked phone hears nothing. */
import { prepare, stayAwake } from "./ring.js";

const part = (name) => document.querySelector(`[${name}]`);
const wake = () => "wakeLock" in navigator && stayAwake(true);

part("data-sound").hidden = false;
part("data-sound").addEventListener("click", async ({ target }) => {
  if (!target.closest("button")) return;
  const sounds = await prepare();
  part("data-sound").hidden = sounds;
  part("data-sounds").hidden = !sounds;
  wake();
});
wake();
