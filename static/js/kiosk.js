/* The ticket machine: a scanner that types (from any screen), what the camera read, big keys, print. */

const FAST = 50; // milliseconds between keys: a scanner, not a finger
const PAUSE = 150; // milliseconds without a key: everything it read is typed
const LONGEST = 400;
const LEAST = 8; // fewer quick keys are a slip, or no code of anything
const HALF = 4; // a short code is two of these

/* Scanner: quick keys that end with Enter, wherever the focus is, gathered until it pauses. What it read may be
   anything, also somebody's name: a line that can be a code is sent once, nothing else leaves this page or stays on it. */
let typed = "";
let lines = [];
let before = ""; // what stood in the field
let last = 0;
let pause = 0;
document.addEventListener(
  "keydown",
  (event) => {
    const quick = event.timeStamp - last < FAST;
    last = event.timeStamp;
    if (lines.length) later();
    if (event.key === "Enter") {
      /* No hand is so quick: whatever has the focus, it is not pressed. */
      if (lines.length || (quick && typed.length > 1)) {
        event.preventDefault();
        lines.push(typed);
        later();
      }
      typed = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!quick && !lines.length) before = document.querySelector("#code")?.value ?? "";
    typed = quick || lines.length ? (typed + event.key).slice(-LONGEST) : event.key;
  },
  true,
);

function later() {
  clearTimeout(pause);
  pause = setTimeout(read, PAUSE);
}

function read() {
  const all = [...lines, typed].filter((line) => line.trim());
  const field = document.querySelector("#code");
  if (field) field.value = before;
  [typed, lines] = ["", []];
  if (all.join("").length < LEAST) return;
  /* The empty code is answered as one that is not ours. */
  send(all.length === 1 && isCode(all[0]) ? all[0] : "");
}

/* As the server reads them: a ticket's address, its 26 letters, or eight letters and digits. */
function isCode(text) {
  const bare = text.trim().split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop();
  return /^[a-z2-7]{26}$/i.test(bare) || /^[0-9a-z]{8}$/i.test(text.replace(/[\s-]/g, ""));
}

function send(code) {
  const form = document.createElement("form");
  const here = document.querySelector("[data-code-form]");
  form.method = "post";
  /* Without a language somebody tapped, the answer speaks that of the ticket. */
  const asked = new URLSearchParams(location.search);
  const query = new URLSearchParams([...asked].filter(([name]) => name === "lang" || name === "size"));
  form.action = here ? here.action : query.size ? `/kiosk/code?${query}` : "/kiosk/code";
  const fields = [["code", code], ["why", here?.elements.why.value ?? ""], ["scanned", "1"]];
  const before = here?.elements.scans?.value ?? "0";
  if (before !== "0") fields.push(["scans", before]);
  for (const [name, value] of fields) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.requestSubmit();
}

document.addEventListener("camera:read", (event) => send(isCode(event.detail) ? event.detail : ""));

/* Big keys for the short code. */
const pad = document.querySelector("[data-pad]");
if (pad) {
  const field = document.querySelector("#code");
  pad.hidden = false;
  field.inputMode = "none";
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    const before = field.value.replaceAll(" ", "");
    const code = key.dataset.type ? before + key.dataset.type : before.slice(0, -1);
    if (code.length > 40) return;
    field.value = code.length > HALF ? `${code.slice(0, HALF)} ${code.slice(HALF)}` : code;
    if (key.dataset.type && code.length === 2 * HALF) return field.form.requestSubmit(); // nothing more to say
    if (event.detail) field.focus(); // a finger; whoever works by keys stays on the key
  });
}

/* The paper comes by itself; where the machine has an agent, that one prints. */
const prints = !("printer" in document.documentElement.dataset);
if (prints && document.querySelector("[data-print]") && /[?&](new|paper)=/.test(location.search)) {
  window.addEventListener("load", () => window.print(), { once: true });
}
