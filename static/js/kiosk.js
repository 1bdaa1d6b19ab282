/* The ticket machine: a scanner that types (from any screen), what the camera read, big keys, print. */

const FAST = 50; // milliseconds between keys: a scanner, not a finger
const LONGEST = 400;
const HALF = 4; // a short code is two of these

/* Scanner: quick keys that end with Enter are a code, wherever the focus is. */
let typed = "";
let last = 0;
document.addEventListener(
  "keydown",
  (event) => {
    const quick = event.timeStamp - last < FAST;
    last = event.timeStamp;
    if (event.key === "Enter") {
      /* No hand is so quick: whatever has the focus, it is not pressed. */
      if (quick && typed.length > 1) event.preventDefault();
      if (quick && typed.length >= 8) send(typed);
      typed = "";
      return;
    }
    if (event.key.length !== 1) return;
    typed = quick ? (typed + event.key).slice(-LONGEST) : event.key;
  },
  true,
);

function send(code) {
  const form = document.createElement("form");
  const here = document.querySelector("[data-code-form]");
  form.method = "post";
  /* Without a language somebody tapped, the answer speaks that of the ticket. */
  const asked = new URLSearchParams(location.search);
  const query = new URLSearchParams([...asked].filter(([name]) => name === "lang" || name === "size"));
  form.action = here ? here.action : query.size ? `/kiosk/code?${query}` : "/kiosk/code";
  for (const [name, value] of [["code", code], ["why", here ? here.elements.why.value : ""]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.requestSubmit();
}

document.addEventListener("camera:read", (event) => send(event.detail.slice(-LONGEST)));

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
