// <script src="https://HOST/widget.js" data-pack="movies" data-lang="auto" data-position="right" data-accent="#1f7358" async></script>
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.querySelector("[data-chatrec-widget]")) return;
  const words = {{ words | tojson }};
  const { pack = "", lang = "auto", position = "right", accent = "#1f7358" } = script.dataset;
  const { occasion = "", place = "", device = "", context: clock = "" } = script.dataset;
  const base = new URL(".", script.src);
  const spoken = [lang, ...navigator.languages].map((code) => code.slice(0, 2)).find((code) => code in words);
  const t = words[spoken] || Object.values(words)[0];
  const KEY = "chatrec.";
  const EVENTS = ["recommended", "clicked", "liked"];

  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; position: fixed; bottom: 20px; z-index: 2147483000; ${position.endsWith("left") ? "left" : "right"}: 20px; }
    button { display: grid; place-items: center; width: 56px; height: 56px; border: 0; border-radius: 50%; cursor: pointer;
      margin-${position.endsWith("left") ? "right" : "left"}: auto; background: var(--accent); color: #fff; box-shadow: 0 4px 16px rgb(0 0 0 / .25); }
    button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .panel { width: min(400px, calc(100vw - 40px)); height: min(620px, calc(100vh - 120px)); margin-bottom: 12px; overflow: hidden;
      border-radius: 16px; box-shadow: 0 12px 40px rgb(0 0 0 / .28); background: Canvas; }
    .panel[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; }`);

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const icon = () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(path);
    return svg;
  };
  const SHAPES = { closed: "M4 5h16v11H10l-4 4v-4H4z", open: "M6 6l12 12M18 6L6 18" };

  const host = make("div", { "data-chatrec-widget": "" });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [style];
  if (CSS.supports("color", accent)) host.style.setProperty("--accent", accent);
  const panel = make("div", { id: "panel", class: "panel", role: "dialog", "aria-label": t.frame, hidden: "" });
  const button = make("button", { type: "button", "aria-controls": "panel", "aria-expanded": "false" }, icon());
  root.append(panel, button);
  let frame = null;

  const tell = (name, detail = {}) => window.dispatchEvent(new CustomEvent(`chatrec:${name}`, { detail }));
  const keep = (name, value) => {
    try { value ? localStorage.setItem(KEY + name, value) : localStorage.removeItem(KEY + name); } catch { /* switched off */ }
  };
  const kept = (name) => { try { return localStorage.getItem(KEY + name); } catch { return null; } };
  const isOpen = () => !panel.hidden;
  const ask = (name, detail) => frame.contentWindow.postMessage({ chatrec: name, detail }, base.origin);

  const draw = () => {
    const open = isOpen();
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? t.close : t.open);
    button.querySelector("path").setAttribute("d", open ? SHAPES.open : SHAPES.closed);
  };
  const load = () => {
    const query = new URLSearchParams({ pack, lang, accent, occasion, place, device, clock, origin: location.origin });
    frame = make("iframe", { title: t.frame, src: new URL(`widget?${query}`, base).href });
    panel.append(frame);
    frame.waiting = setTimeout(() => console.warn(
      `chatrec: no answer from ${base.origin}. Is ${location.origin} among its CHATREC_EMBED_ORIGINS?`), 10000);
  };
  const open = (byPerson) => {
    if (isOpen()) return;
    panel.hidden = false;
    if (!frame) load();
    else if (byPerson) ask("focus");
    frame.wanted = byPerson;
    draw();
    keep("open", "yes");
    tell("opened");
  };
  const close = () => {
    if (!isOpen()) return;
    panel.hidden = true;
    draw();
    keep("open", "");
    button.focus();
    tell("closed");
  };

  button.addEventListener("click", () => (isOpen() ? close() : open(true)));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
    const { chatrec: name, detail } = event.data || {};
    if (name === "ready") {
      clearTimeout(frame.waiting);
      if (kept("session")) ask("restore", kept("session"));
      if (frame.wanted) ask("focus");
    } else if (name === "session") keep("session", detail);
    else if (name === "escape") close();
    else if (EVENTS.includes(name)) tell(name, detail);
  });

  const start = () => {
    document.body.append(host);
    draw();
    if (kept("open")) open(false);
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
