/* The server does not know the reader any more. */

/** What the reader may not see any more goes from the screen, unless the page keeps what is being typed. */
export function signedOut() {
  if (!dispatchEvent(new Event("live:signed-out", { cancelable: true }))) return;
  dispatchEvent(new Event("live:leaves"));
  location.reload();
}
