/* The last state of her ticket on her own phone, for when the network is gone and the page is loaded again: the page as she
   saw it, marked with its time, and the files it needs. Only on the day, only this page, only where the browser can. */

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'";

const ticket = () => document.querySelector(".live-ticket");
const path = ticket()?.dataset.path;
const name = `ticket ${path}`;
const can = isSecureContext && "serviceWorker" in navigator && "caches" in window;

/** Whether this page came from the phone and not from the server. */
export const wasKept = () => "keptAt" in document.documentElement.dataset;

/* In the phone's own time, counted from when the page came: its clock may be wrong. */
const { keptUntil, rate = "1" } = document.documentElement.dataset;
const until = Number(keptUntil ?? Date.now() + (Number(ticket()?.dataset.keep ?? 0) * 1000) / Number(rate));
let gone = false;

function copy(asOf, title) {
  const page = document.documentElement.cloneNode(true);
  page.dataset.keptAt = asOf;
  page.dataset.keptUntil = until;
  page.querySelector("title").textContent = title;
  page.querySelectorAll("[data-not-kept]").forEach((part) => part.remove());
  page.querySelectorAll("[data-live-state]").forEach((sign) => (sign.hidden = false));
  page.querySelectorAll("[data-as-of] bdi").forEach((time) => (time.textContent = asOf));
  page.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  page.querySelectorAll("[type=checkbox]").forEach((box) => box.toggleAttribute("checked", box.checked));
  page.querySelectorAll("[data-phone] > *, [data-not-sent], [data-saved]").forEach((part) => (part.hidden = true));
  return `<!doctype html>${page.outerHTML}`;
}

/** Whether there is still something to wait for: a visit that goes on, or a booking of today. */
function waits() {
  const here = ticket();
  if (!here?.dataset.keep || Date.now() >= until) return false;
  return !here.dataset.liveStream || Boolean(document.getElementById("now")?.dataset.visit);
}

/** Keeps what is shown now, known to be so at `asOf`; drops it when there is nothing to wait for any more. */
export async function keep(asOf, title) {
  if (!can || gone) return false;
  if (!waits()) {
    await drop();
    return false;
  }
  try {
    await navigator.serviceWorker.register(`${path}/kept.js`, { scope: path });
    const cache = await caches.open(name);
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "referrer-policy": "same-origin",
      "x-kept-until": String(until),
    };
    const files = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const own = files.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
    const known = new Set((await cache.keys()).map((request) => request.url));
    await cache.addAll([...new Set(own.map(String))].filter((url) => !known.has(url)));
    if (gone) throw new Error("forgotten meanwhile");
    await cache.put(path, new Response(copy(asOf, title), { headers }));
    return true;
  } catch {
    if (gone) await drop();
    return false;
  }
}

/** Nothing of this ticket is left on the phone but its address in the browser's history. */
export async function forget() {
  gone = true;
  await drop();
}

async function drop() {
  if (!can || !path) return;
  await caches.delete(name);
  const all = await navigator.serviceWorker.getRegistrations();
  await Promise.all(all.filter((each) => new URL(each.scope).pathname === path).map((each) => each.unregister()));
}
