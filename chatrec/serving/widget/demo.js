"use strict";
const { pack, lang } = document.querySelector("script[data-pack]").dataset;
const src = new URL("widget.js", location.href);
document.getElementById("line").textContent =
  `<script src="${src}" data-pack="${pack}" data-lang="${lang}" async></script>`;
for (const name of ["opened", "closed", "recommended", "clicked", "liked"]) {
  window.addEventListener(`chatrec:${name}`, ({ detail }) => {
    const line = document.createElement("li");
    line.textContent = `${name} ${JSON.stringify(detail)}`;
    document.getElementById("events").append(line);
  });
}
