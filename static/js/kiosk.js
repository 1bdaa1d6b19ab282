/* The ticket machine: a scanner that types (from any screen), big keys, print, and a wipe when nobody is there. */

const IDLE = 90_000;
const GRACE = 20_000;
const FAST = 50; // milliseconds between keys: a scanner, not a finger
const LONGEST = 400;

/* Scanner: quick keys that end with Enter are a code, wherever the focus is. */
let typed = "";
let last = 0;
document.addEventListener(
  "keydown",
  (event) => {
    const quick = event.timeStamp - last < FAST;
    last = event.timeStamp;
    if (event.key === "Enter") {
      if (quick && typed.length >= 8) {
        event.preventDefault();
        send(typed);
      }
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
  const chosen = new URLSearchParams(location.search).get("lang");
  form.action = here ? here.action : chosen ? `/kiosk/code?lang=${chosen}` : "/kiosk/code";
  for (const [name, value] of [["code", code], ["why", here ? here.elements.why.value : ""]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

/* Big keys for the short code. */
const pad = document.querySelector("[data-pad]");
if (pad) {
  const field = document.querySelector("#code");
  pad.hidden = false;
  field.inputMode = "none";
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    if (key.dataset.type && field.value.length < 40) field.value += key.dataset.type;
    if ("erase" in key.dataset) field.value = field.value.slice(0, -1);
    field.focus();
  });
}

/* The paper comes by itself; where the machine has an agent, that one prints. */
const prints = !("printer" in document.documentElement.dataset);
if (prints && document.querySelector("[data-print]") && /[?&](new|paper)=/.test(location.search)) {
  window.addEventListener("load", () => window.print(), { once: true });
}

/* Nobody there: ask, then forget everything. */
const dialog = document.querySelector("[data-idle]");
if (dialog && location.pathname !== "/kiosk") {
  let timer;
  const wipe = () => {
    sessionStorage.clear();
    localStorage.clear();
    location.replace("/kiosk");
  };
  const ask = () => {
    dialog.showModal();
    timer = setTimeout(wipe, GRACE);
  };
  const again = () => {
    if (dialog.open) dialog.close();
    clearTimeout(timer);
    timer = setTimeout(ask, IDLE);
  };
  for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, again, { passive: true });
  again();
}
