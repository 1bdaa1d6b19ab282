/* A press on the ticket goes without leaving the page, so that a line that is gone takes nothing from her: she is told that
   it may not have been sent, and the button is there to press again. Every such act is harmless twice. */

const LONGEST_MS = 10_000;
const underWay = new Set();
let last = Promise.resolve();

const told = () => document.querySelector("[data-not-sent]");

async function send(action, body) {
  const answer = await fetch(action, { method: "POST", body, signal: AbortSignal.timeout(LONGEST_MS) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  /* Too many at once, a server that starts, or a network that answers for it: not her ticket. */
  if (answer.status === 429 || answer.status >= 500 || !page.getElementById("now")) throw new Error(String(answer.status));
  return page.querySelector("main");
}

async function press(action, body, button) {
  told().hidden = true;
  try {
    const fresh = await send(action, body);
    const main = document.querySelector("main");
    main.replaceChildren(...fresh.childNodes);
    main.focus({ preventScroll: true });
    document.getElementById("now").dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  } catch {
    button?.removeAttribute("aria-busy");
    told().hidden = false;
    told().scrollIntoView({ block: "nearest" });
  } finally {
    underWay.delete(action);
  }
}

/* One after the other, each once: the same button again while it is under way is the same press. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-press]")) return;
  event.preventDefault();
  if (underWay.has(form.action)) return;
  underWay.add(form.action);
  const button = event.submitter;
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  button?.setAttribute("aria-busy", "true");
  const { action } = form;
  last = last.then(() => press(action, body, button));
});

/* What she sees now is the answer, whichever way it came. */
document.addEventListener("live:changed", () => (told().hidden = true));
