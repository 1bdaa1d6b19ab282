/* A button beside what is shown once: puts it on the clipboard and says so. Without a script it stays hidden. Where the browser
   gives no clipboard (a page without https), the text is marked, so that a hand can copy it. */
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-said`);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text.textContent.trim()).then(
      () => true,
      () => false,
    );
    if (!copied) getSelection().selectAllChildren(text);
    said.textContent = copied ? button.dataset.copied : button.dataset.marked;
  });
}
