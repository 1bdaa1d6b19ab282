/* A page that is live is not lost with the line: while there is doubt whether the server answers, a link or a plain form
   that would leave the page waits for a small question to it. Without an answer the page stays and says so; "Leave all the
   same" is the second way. Back and reload ask through the browser. */

const SILENT_MS = 11_000;
const LASTS_MS = 4000;
const live = () => document.querySelector("[data-live-stream]");
const sign = document.querySelector("[data-stays]");

let heardAt = performance.now();
let cut = false;
let leaving = false;
let wanted = null;

document.addEventListener("live:heard", () => {
  heardAt = performance.now();
  answers();
});
addEventListener("live:again", answers);
addEventListener("live:error", () => (heardAt = -Infinity));
addEventListener("live:leaves", () => (leaving = true));

function answers() {
  cut = false;
  sign.hidden = true;
}

const told = () => document.querySelector("#cut-off:not([hidden]), .live-state[data-live-state]:not([hidden])");
const doubt = () => cut || !navigator.onLine || told() || performance.now() - heardAt > SILENT_MS;

/** Goes on once the server answered; the last press counts. */
async function ask(go) {
  const mine = (wanted = go);
  const there = await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(LASTS_MS) }).then(
    (answer) => answer.ok,
    () => false,
  );
  if (wanted !== mine) return;
  cut = !there;
  sign.hidden = there;
  if (there) leave();
}

function leave() {
  leaving = true;
  const go = wanted;
  wanted = null;
  go?.();
  /* A page that is still here then, after a download say, is guarded again. */
  setTimeout(() => (leaving = false), LASTS_MS);
}

function held(event) {
  if (leaving || !live() || !doubt()) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  return true;
}

addEventListener(
  "click",
  (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href]:not([target], [download])");
    if (!link || link.origin !== location.origin) return;
    if (link.hash && link.href.split("#")[0] === location.href.split("#")[0]) return;
    if (held(event)) ask(() => location.assign(link.href));
  },
  true,
);

addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.matches("[hx-post], [hx-get], [data-kept], [data-press], [target]")) return;
    if (held(event)) ask(() => form.requestSubmit(event.submitter));
  },
  true,
);

document.querySelector("[data-leave]").addEventListener("click", leave);
addEventListener("beforeunload", (event) => {
  if (!leaving && live() && (cut || told())) event.preventDefault();
});
