() => {
  const ticks = ["radio", "checkbox", "file"];

  /* What a finger meets: the label of an input that is too small or not to be seen. */
  const target = (at) => (ticks.includes(at.type) ? at.labels?.[0] : undefined) ?? at;

  function words(at, seen) {
    const said = [seen.innerText, at.getAttribute("aria-label"), at.labels?.[0]?.innerText, at.placeholder, at.title];
    return (said.find(Boolean) ?? "").trim().replace(/\s+/g, " ").slice(0, 120);
  }

  function state(at) {
    if (at.tagName === "SELECT") {
      const options = [...at.options].map((each) => each.innerText.trim()).join(" | ");
      return ` = ${at.selectedOptions[0]?.innerText.trim()} [${options}]`;
    }
    if (at.checked) return " (chosen)";
    return ["INPUT", "TEXTAREA"].includes(at.tagName) && !ticks.includes(at.type) && at.value ? ` = ${at.value}` : "";
  }

  function line(at) {
    const seen = target(at);
    const box = seen.getBoundingClientRect();
    const shown = seen.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!shown || !box.width || !box.height) return [];
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const inside = x >= 0 && x < innerWidth && y >= 0 && y < innerHeight;
    const top = inside ? document.elementFromPoint(x, y) : null;
    const free = top !== null && (seen.contains(top) || top.closest("label") === seen);
    const kind = at.tagName === "INPUT" ? at.type : at.tagName.toLowerCase();
    return [{ kind, words: words(at, seen) + state(at), x, y, inside, free }];
  }

  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary");
  return [...all].filter((at) => at.type !== "hidden" && !at.disabled).flatMap(line);
}
