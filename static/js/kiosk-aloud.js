/* The screen read aloud: its texts one after the other, then whatever has the focus. The sounds come from the server, each
   asked for by a text of this screen and its seal. On or off, and how loud, is forgotten with the visitor. */

const STORE = "onestop-aloud"; // how loud, 1 to 5; not there: silent
const FIRST = 3;
const LOUDEST = 5;
const READ = "h1, h2, legend, p, summary, label, a, button";

const footer = document.querySelector("[data-aloud]");
const sealed = new Map(JSON.parse(footer?.dataset.aloud ?? "[]").map(([text, tag, seal]) => [text, { text, tag, seal }]));
const button = (name) => footer?.querySelector(`[data-${name}]`);
const volume = () => Number(sessionStorage.getItem(STORE) ?? 0);

const context = footer && new AudioContext();
const gain = context?.createGain();
gain?.connect(context.destination);
let round = 0;
let sound = null;

/** The words of an element, joined as the server joins them. */
function words(element) {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) found.push(...walk.currentNode.data.split(/\s+/).filter(Boolean));
  return found.join(" ");
}

/** A screen from its heading on: what is seen and has words of its own; the keys of the code are said when they are reached. */
function screen() {
  const isRead = (element) =>
    element.checkVisibility() && !element.querySelector(READ) && !element.closest(".pad, .paper-day") && sealed.has(words(element));
  const found = [...document.querySelectorAll(`main :is(${READ})`)].filter(isRead);
  const heading = found.findIndex((element) => element.tagName === "H1");
  return [...found.slice(Math.max(0, heading)), ...found.slice(0, Math.max(0, heading))].map(words);
}

/** What has the focus: its words, what is said of it, and whether it is chosen. */
function focused(place) {
  const label = place.labels?.[0] ?? place;
  const hint = document.getElementById(place.getAttribute("aria-describedby") ?? "");
  const found = [words(label), hint ? words(hint) : ""];
  if (place.matches("[type=checkbox], [type=radio]")) found.push(words(button(place.checked ? "chosen" : "not-chosen")));
  return found;
}

async function fetched({ text, tag, seal }) {
  const answer = await fetch("/kiosk/say", { method: "POST", body: new URLSearchParams({ text, tag, seal }) });
  const isSound = answer.status === 200 && answer.headers.get("content-type")?.startsWith("audio/");
  return isSound ? context.decodeAudioData(await answer.arrayBuffer()) : null;
}

function played(buffer) {
  return new Promise((done) => {
    sound = new AudioBufferSourceNode(context, { buffer });
    sound.connect(gain);
    sound.addEventListener("ended", done, { once: true });
    sound.start();
  });
}

/** Whether something is being said: nobody is asked meanwhile whether she is there. */
const told = (detail) => document.dispatchEvent(new CustomEvent("kiosk:speaks", { detail }));

function hush() {
  round += 1;
  sound?.stop();
  sound = null;
}

/** Say these texts, unless something else is said meanwhile. What comes next is fetched while one is heard. */
async function say(texts) {
  hush();
  const mine = round;
  const wanted = texts.map((text) => sealed.get(text)).filter(Boolean);
  if (!volume() || !wanted.length) return told(false);
  const get = (nth) => (nth < wanted.length ? fetched(wanted[nth]).catch(() => null) : null);
  gain.gain.value = volume() / LOUDEST;
  told(true);
  try {
    await context.resume();
    let next = get(0);
    for (let nth = 0; nth < wanted.length && mine === round; nth += 1) {
      const buffer = await next;
      next = get(nth + 1);
      if (buffer && mine === round) await played(buffer);
    }
  } finally {
    if (mine === round) told(false);
  }
}

function show() {
  const on = volume() > 0;
  button("read").hidden = on;
  button("stop").hidden = !on;
  for (const each of footer.querySelectorAll("[data-volume]")) each.hidden = !on;
}

function turn(to) {
  if (to) sessionStorage.setItem(STORE, String(to));
  else sessionStorage.removeItem(STORE);
  const pressed = document.activeElement;
  show();
  if (pressed?.hidden) button(to ? "stop" : "read").focus();
  if (!to) say([]);
}

function read() {
  if (!volume()) turn(FIRST);
  say(screen());
}

if (footer) {
  show();
  button("read").addEventListener("click", read);
  button("stop").addEventListener("click", () => turn(0));
  footer.addEventListener("click", (event) => {
    const by = Number(event.target.closest("[data-volume]")?.dataset.volume ?? 0);
    if (!by) return;
    turn(Math.min(LOUDEST, Math.max(1, volume() + by)));
    gain.gain.value = volume() / LOUDEST;
    say(focused(event.target.closest("button")));
  });
  document.addEventListener("kiosk:help", read);
  /* A finger knows what it touched. */
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && say(focused(event.target)));
  document.addEventListener("change", (event) => say(focused(event.target)));
  document.addEventListener("kiosk:asks", () => say([...document.querySelectorAll("[data-idle] p")].map(words)));
  window.addEventListener("pagehide", hush);
  /* After everything that loads by itself, which ends with the load of the page. */
  window.addEventListener("load", () => setTimeout(() => say(screen()), 50), { once: true });
}
