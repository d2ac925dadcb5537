// What the page does without the server: shows triples, opens dialogs, switches colours and views, tells screen readers.
window.chatrec = (() => {
  const SCHEME = "chatrec-scheme";
  const UNSAID = ".waiting, .unseen";
  const find = (selector, root = document) => root.querySelector(selector);
  const opened = new Set(); // what stays unfolded while a part is redrawn
  let spoken = "";

  function attach(name, attributes) {
    const element = find(`#${name}`) ?? document.body.appendChild(document.createElement("div"));
    Object.assign(element, { id: name });
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  // The triple behind a fact, beside it
  function showTriple(fact) {
    const tip = attach("tip", { role: "tooltip" });
    const part = (name) => Object.assign(document.createElement("span"), { className: name, textContent: fact.dataset[name] });
    tip.replaceChildren(part("whose"), part("property"), part("value"));
    const at = fact.getClientRects()[0], room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(at.left, room))}px`;
    tip.style.top = `${at.top > tip.offsetHeight + 12 ? at.top - tip.offsetHeight - 8 : at.bottom + 8}px`;
    tip.classList.add("shown");
  }
  const hideTriple = () => find("#tip")?.classList.remove("shown");

  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const fact = event.target.closest?.(".fact");
      if (fact) showTriple(fact);
      else if (!document.activeElement?.matches(".fact")) hideTriple();
    });
  }
  for (const name of ["focusout", "scroll"]) document.addEventListener(name, hideTriple, true);

  // Dialogs, the menu, and the view on a narrow screen
  const closeMenu = () => find(".menu[open]")?.removeAttribute("open");

  function view(name) {
    find("#main").dataset.view = name;
    for (const button of document.querySelectorAll("button[data-view]"))
      button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }

  function scheme(name) {
    document.body.classList.toggle("dark", name === "dark");
  }

  function store(use) {
    try { return use(localStorage); } catch { return null; /* a browser may refuse to store anything */ }
  }

  function changeScheme() {
    const name = document.body.classList.contains("dark") ? "light" : "dark";
    scheme(name);
    store((kept) => kept.setItem(SCHEME, name));
  }

  function recallScheme() {
    const name = store((kept) => kept.getItem(SCHEME));
    if (name) scheme(name);
  }

  document.addEventListener("click", (event) => {
    const { target } = event, button = target.closest?.("button");
    if (!target.closest?.(".menu") || button) closeMenu();
    if (target.matches?.("dialog")) target.close();
    if (!button) return;
    if ("close" in button.dataset) button.closest("dialog")?.close();
    if (button.dataset.open) find(`#${button.dataset.open}`)?.showModal();
    if (button.dataset.view) view(button.dataset.view);
    if ("scheme" in button.dataset) changeScheme();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hideTriple();
    if (find(".menu[open]")) { closeMenu(); find(".menu summary").focus(); }
  });

  // A message that is sent with a button is answered in the chat, where the next one is typed
  function pressed(button) {
    const { event } = button.dataset;
    if (!["pick", "retry", "edit", "fresh", "turn", "forget"].includes(event)) return;
    view("talk");
    if (event === "forget") store((kept) => kept.removeItem(SCHEME));
    if (event === "edit" || matchMedia("(hover: hover)").matches) find("#composer textarea")?.focus();
  }

  // The live region stays in place while the chat is redrawn; it is given what the reply has grown by
  function say(log) {
    const reply = [...log.querySelectorAll(".reply")].at(-1);
    const text = reply && !find(UNSAID, reply) ? reply.textContent : "";
    const news = text.startsWith(spoken) ? text.slice(spoken.length) : text;
    if (news) Object.assign(attach("spoken", {}), { lang: reply.lang, textContent: news });
    spoken = text;
  }

  // Redrawing takes the focus away: give it back to the same button, or to the part's heading
  function refocus(part, last) {
    if (!last || document.activeElement !== document.body) return;
    const same = [...part.querySelectorAll("[data-key]")].find((button) => button.dataset.key === last.key);
    (same ?? find("[data-landing]", part))?.focus();
  }

  function redrawn(part, last) {
    const top = find("#top", part), log = find(".log", part), panel = find(".panel", part);
    if (top) {
      document.documentElement.lang = top.dataset.language;
      attach("spoken", { role: "status", "aria-live": "polite", class: "unseen" });
      recallScheme();
      view(find("#main").dataset.view ?? "talk");
    }
    if (log) { say(log); log.scrollTop = log.scrollHeight; }
    const badge = find(".views .count"), listed = panel ?? find(".panel");
    if (badge && listed) {
      badge.textContent = listed.dataset.count;
      badge.hidden = listed.dataset.count === "0";
    }
    for (const details of part.querySelectorAll("details[data-keep]")) {
      details.open = opened.has(details.dataset.keep);
      details.addEventListener("toggle", () => opened[details.open ? "add" : "delete"](details.dataset.keep));
    }
    hideTriple();
    refocus(part, last);
  }

  return { pressed, redrawn };
})();
