/* Stands between one ticket page and the network, and answers from the phone when the network does not. It keeps nothing
   itself (kept.js does), knows no other page, and goes with the ticket: when its time is over, when its code opens nothing
   any more, when she erases her data. */

const PATIENCE_MS = 4_000;
const path = new URL(registration.scope).pathname;
const name = `ticket ${path}`;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

async function forget() {
  await caches.delete(name);
  await registration.unregister();
}

async function lastPage() {
  const last = await caches.match(path, { cacheName: name });
  if (!last || Date.now() < Number(last.headers.get("x-kept-until"))) return last;
  await forget();
  return undefined;
}

function within(answer, ms) {
  return Promise.race([answer, new Promise((_, late) => setTimeout(late, ms, new Error("late")))]);
}

async function page(request) {
  const last = request.mode === "navigate" ? await lastPage() : undefined;
  try {
    const fresh = await (last ? within(fetch(request), PATIENCE_MS) : fetch(request));
    if (fresh.status === 404 || fresh.status === 410) await forget();
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
    if (url.pathname === `${path}/erase`) event.waitUntil(forget());
  } else if (url.pathname === path) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
