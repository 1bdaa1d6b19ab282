/* A press on the ticket goes without leaving the page, so that a line that is gone takes nothing from her: she is told that
   it may not have been sent, and the button is there to press again. Every such act is harmless twice. */

const LONGEST_MS = 10_000;
let underWay = false;

const told = () => document.querySelector("[data-not-sent]");

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(LONGEST_MS) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  /* Too many at once, a server that starts, or a network that answers for it: not her ticket. */
  if (answer.status === 429 || answer.status >= 500 || !page.getElementById("now")) throw new Error(String(answer.status));
  return page.querySelector("main");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-press]")) return;
  event.preventDefault();
  if (underWay) return;
  underWay = true;
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  told().hidden = true;
  try {
    const fresh = await send(form, button);
    const main = document.querySelector("main");
    main.replaceChildren(...fresh.childNodes);
    main.focus({ preventScroll: true });
    document.getElementById("now").dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  } catch {
    button?.removeAttribute("aria-busy");
    told().hidden = false;
    told().scrollIntoView({ block: "nearest" });
  } finally {
    underWay = false;
  }
});

/* What she sees now is the answer, whichever way it came. */
document.addEventListener("live:changed", () => (told().hidden = true));
