/* The loudspeaker of a board: a chime, then what is said of the call, one sound after the other and never two at once. */

const LONGEST_MS = 12000;
const CHIME_MS = 2500;

const part = (id) => document.getElementById(id);

/** How loud, and whether it speaks, chimes or is silent: as the machine was set up. */
const setup = () => {
  const { sound, volume } = part("lines").dataset;
  return { sound: sound ?? "speech", volume: Number(volume ?? 100) / 100 };
};

/** Play one sound to its end; whether it was heard. `longest`: a sound that never ends holds nobody up. */
function heard(audio, longest) {
  return new Promise((done) => {
    const late = setTimeout(() => done(false), longest);
    const end = (well) => {
      clearTimeout(late);
      done(well);
    };
    audio.addEventListener("ended", () => end(true), { once: true });
    audio.addEventListener("error", () => end(false), { once: true });
    audio.play().then(
      () => (part("sound-off").hidden = true),
      (refused) => {
        if (refused.name === "NotAllowedError") part("sound-off").hidden = false;
        end(false);
      },
    );
  });
}

/** The chime and the sentences of a call; ends when the last of them has ended. */
export async function announce(call) {
  const { sound, volume } = setup();
  if (sound === "none") return;
  const src = (nth) => `${part("lines").dataset.src}/${call}/say/${nth}`;
  const clip = (nth) => {
    const audio = new Audio(src(nth));
    audio.preload = "auto";
    audio.volume = volume;
    return audio;
  };
  /* What comes next is fetched while this one is heard. */
  let next = sound === "speech" ? clip(0) : null;
  await chime(volume);
  for (let nth = 1; next; nth += 1) {
    const now = next;
    next = clip(nth);
    if (!(await heard(now, LONGEST_MS))) return;
  }
}

export function chime(volume = setup().volume) {
  const sound = part("chime");
  sound.currentTime = 0;
  sound.volume = volume;
  return heard(sound, CHIME_MS);
}
