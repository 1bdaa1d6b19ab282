/* Scan with the camera: a press, a code, and the camera is off again. What was read goes the way of a code that a scanner
   typed. The decoder is loaded by the press. */

const LASTS_MS = 60_000;
const SIDE = 640; // pixels of the square that is searched
const PAUSE_MS = 80;
const TOO_SLOW = "Scanner error: timeout"; // a busy machine: it goes on with the next picture
const WANTED = { video: { facingMode: "environment", width: { ideal: 1280 } } };
const SAYS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

const place = document.querySelector("[data-camera]");
const dialog = place?.querySelector("dialog");
const video = place?.querySelector("video");
let turn = 0; // what an earlier press waits for counts no more
let running = false;
let stream = null;
let engine = null;
let timer;

function say(name) {
  clearTimeout(timer);
  document.querySelectorAll("[data-camera-says]").forEach((sign) => {
    sign.hidden = sign.dataset.cameraSays !== name;
    if (!sign.hidden) sign.scrollIntoView({ block: "nearest" });
  });
  if (name) timer = setTimeout(say, LASTS_MS);
}

function end(says) {
  turn += 1;
  running = false;
  stream?.getTracks().forEach((track) => track.stop());
  engine?.terminate();
  stream = engine = video.srcObject = null;
  if (dialog.open) dialog.close();
  say(says);
}

async function begin() {
  if (running) return;
  say();
  const mine = ++turn;
  running = true;
  dialog.showModal();
  timer = setTimeout(end, LASTS_MS, "nothing");
  try {
    const decoder = Promise.all([import(place.dataset.library), import(place.dataset.worker)]);
    decoder.catch(() => {}); // said below, when its turn comes
    const given = await navigator.mediaDevices.getUserMedia(WANTED);
    if (mine !== turn) return given.getTracks().forEach((track) => track.stop());
    stream = given;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => mine === turn && end("trouble"));
    video.classList.toggle("mirror", track.getSettings().facingMode !== "environment");
    video.srcObject = stream;
    await video.play();
    const [{ default: Scanner }, { createWorker }] = await decoder;
    if (mine !== turn) return;
    engine = createWorker();
    const read = await search(Scanner, mine);
    if (mine !== turn) return;
    end();
    document.dispatchEvent(new CustomEvent("camera:read", { detail: read }));
  } catch (error) {
    if (mine === turn) end(stream ? "trouble" : (SAYS[error.name] ?? "trouble"));
  }
}

/** The text of the first code in the square that is shown. */
async function search(Scanner, mine) {
  const canvas = document.createElement("canvas");
  while (mine === turn) {
    const side = Math.min(video.videoWidth, video.videoHeight);
    const seen = Math.min(side, SIDE);
    const scanRegion = {
      x: (video.videoWidth - side) / 2,
      y: (video.videoHeight - side) / 2,
      width: side,
      height: side,
      downScaledWidth: seen,
      downScaledHeight: seen,
    };
    try {
      const found = await Scanner.scanImage(video, { scanRegion, qrEngine: engine, canvas, returnDetailedScanResult: true });
      if (found.data) return found.data;
    } catch (error) {
      if (error !== Scanner.NO_QR_CODE_FOUND && error !== TOO_SLOW) throw error;
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

/* The button is there where there is a camera; a browser that has none, or no safe line to us, shows nothing. */
async function look() {
  const found = await navigator.mediaDevices.enumerateDevices();
  if (found.some((device) => device.kind === "videoinput")) place.hidden = false;
}

if (place && navigator.mediaDevices) {
  look();
  navigator.mediaDevices.addEventListener("devicechange", look);
  place.querySelector("[data-camera-start]").addEventListener("click", begin);
  place.querySelector("[data-camera-stop]").addEventListener("click", () => end());
  dialog.addEventListener("close", () => running && end());
  /* Whoever types, or holds the paper before a scanner, has done without. */
  dialog.addEventListener("keydown", (event) => event.key.length === 1 && event.key !== " " && end());
  document.addEventListener("visibilitychange", () => document.hidden && running && end());
  window.addEventListener("pagehide", () => running && end());
}
