/* The sign of one desk: always what the desk does now. */

import { follow } from "./freshness.js";

const sign = () => document.getElementById("sign");

follow({
  stream: sign().dataset.stream,
  address: () => location.href,
  take(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector("#sign");
    if (fresh && fresh.outerHTML !== sign().outerHTML) sign().replaceWith(fresh);
  },
});
