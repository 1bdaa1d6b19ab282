/* Stands between one ticket page and the network, and answers from the phone when the network does not. It keeps nothing
   itself (kept.js does), knows no other page, and goes with the ticket: when its time is over, when its code opens nothing
   any more, when she erases her data. */

const PATIENCE_MS = 4_000;
const LEAVE_MS = 500;
const path = new URL(registration.scope).pathname;
const name = `ticket ${path}`;

/* The last ticks of somebody who leaves go past a worker that may not live long enough to send them. */
const past = { condition: { urlPattern: { pathname: `${path}/papers` }, requestMethod: "POST" }, source: "network" };
addEventListener("install", (event) => {
  if (event.addRoutes) event.waitUntil(event.addRoutes(past));
  skipWaiting();
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

/** Forgets the page at once, and itself after its answer: a worker that leaves while it answers for a page stays. */
function forget(event) {
  const leave = () => new Promise((done) => setTimeout(done, LEAVE_MS)).then(() => registration.unregister());
  event.waitUntil(caches.delete(name).then(leave));
}

async function lastPage(event) {
  const last = await caches.match(path, { cacheName: name });
  if (!last || Date.now() < Number(last.headers.get("x-kept-until"))) return last;
  forget(event);
  return undefined;
}

function within(answer, ms) {
  return Promise.race([answer, new Promise((_, late) => setTimeout(late, ms, new Error("late")))]);
}

async function page(event) {
  const { request } = event;
  const last = request.mode === "navigate" ? await lastPage(event) : undefined;
  try {
    const fresh = await (last ? within(fetch(request), PATIENCE_MS) : fetch(request));
    if (fresh.status === 404 || fresh.status === 410) forget(event);
    /* The proxy answers for a server that is away. */
    return last && fresh.status >= 502 ? last : fresh;
  } catch (error) {
    if (last) return last;
    throw error;
  }
}

async function file(request) {
  const last = await caches.match(request, { cacheName: name });
  if (last && request.url.includes("?v=")) return last;
  return last ? within(fetch(request), PATIENCE_MS).catch(() => last) : fetch(request);
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (url.pathname === `${path}/erase`) forget(event);
  } else if (url.pathname === path) event.respondWith(page(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
