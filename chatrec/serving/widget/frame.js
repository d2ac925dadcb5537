// The conversation inside the widget's panel. All text goes in as text, never as markup.
"use strict";
const config = JSON.parse(document.body.dataset.config);
const t = config.words;
const [log, wishes, box, form, forget] = ["log", "wishes", "box", "composer", "forget"].map((id) => document.getElementById(id));
const send = form.querySelector("button");
let session = null;

const tell = (name, detail) => {
  if (config.origin && parent !== window) parent.postMessage({ chatrec: name, detail }, config.origin);
};
// The embedding page keeps the session: browsers deny storage of its own to a frame from another site.
const keep = (id) => {
  if (session !== id) tell("session", id);
  session = id;
};
// What the embedding page tells of the context; the local time only where it says so.
const context = () => {
  const { occasion, place, device, clock } = config.context;
  const now = new Date();
  const time = clock === "time" ? new Date(now - 60000 * now.getTimezoneOffset()).toISOString().slice(0, 19) : null;
  return [occasion, place, device, time].some(Boolean) ? { occasion, place, device, time } : null;
};
const make = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};
const press = (className, text, action) => {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", () => action(button));
  return button;
};
const show = (element) => {
  log.append(element);
  log.scrollTop = log.scrollHeight;
  return element;
};

const rate = async (item, rating, button, group) => {
  const taken = button.getAttribute("aria-pressed") === "true";
  const sent = { session, item: item.iri, rating: taken ? "none" : rating };
  const answer = await fetch("feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) });
  if (!answer.ok) { show(make("p", "note", answer.status === 404 ? t.expired : t.broken)); return; }
  for (const other of group.children) other.setAttribute("aria-pressed", String(other === button && !taken));
  if (rating === "like" && !taken) tell("liked", { iri: item.iri, label: item.label });
};
const card = (item) => {
  const element = make("li", "card");
  const why = make("ul", "");
  why.setAttribute("aria-label", t.why);
  why.append(...item.why.map((reason) => make("li", "", reason)));
  const title = press("title", item.label, () => {
    why.hidden = !why.hidden;
    title.setAttribute("aria-expanded", String(!why.hidden));
    tell("clicked", { iri: item.iri, label: item.label });
  });
  title.setAttribute("aria-expanded", "true");
  const group = make("div", "rates");
  for (const [rating, label] of [["like", t.like], ["dislike", t.dislike], ["seen", t.mark_seen]]) {
    const button = press("rate", label, () => rate(item, rating, button, group));
    button.setAttribute("aria-pressed", "false");
    group.append(button);
  }
  element.append(title, why, group);
  return element;
};
const list = (items) => {
  if (!items.length) return;
  const cards = make("ul", "cards");
  cards.append(...items.map(card));
  show(cards);
};

// The soft wishes that came of the context (or were said so), above the box: each is removed with its button.
const drop = async ({ slot, op, value, polarity }) => {
  const named = new URLSearchParams({ slot, op, value, polarity });
  const answer = await fetch(`sessions/${encodeURIComponent(session)}/wishes?${named}`, { method: "DELETE" });
  if (answer.ok) wish((await answer.json()).constraints);
  else show(make("p", "note", answer.status === 404 ? t.expired : t.broken));
  box.focus();
};
const wish = (constraints) => {
  const soft = constraints.filter((one) => one.soft);
  wishes.hidden = !soft.length;
  wishes.replaceChildren(...soft.map((one) => {
    const element = make("li", "wish", one.label);
    const remove = press("remove", "×", () => drop(one));
    remove.title = t.remove.replace("{value}", one.label);
    remove.setAttribute("aria-label", remove.title);
    if (one.reason) element.append(make("small", "", one.reason));
    element.append(remove);
    return element;
  }));
};

// Server-sent events of a response to POST: [name, data] each.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (text + part.value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block);
      yield [name, JSON.parse(data)];
    }
  }
}
const hear = (name, data, line) => {
  if (name === "waiting") line.textContent = data.ahead ? t.ahead.replace("{count}", data.ahead) : t.connecting;
  else if (name === "piece") {
    line.textContent = (line.busy ? "" : line.textContent) + data.text;
    line.busy = false;
  } else if (name === "error") line.textContent = t.broken;
  else if (name === "turn") {
    keep(data.session);
    line.textContent = data.reply;
    line.lang = data.language;
    wish(data.constraints);
    list(data.items);
    if (data.items.length) tell("recommended", { items: data.items.map(({ iri, label }) => ({ iri, label })) });
  }
};
const say = async (text) => {
  if (!text.trim() || send.disabled) return;
  log.querySelector(".welcome")?.remove();
  show(make("p", "said", text));
  const line = show(make("p", "reply", t.connecting));
  line.busy = send.disabled = true;
  box.value = "";
  try {
    const answer = await fetch("recommend", {
      method: "POST",
      headers: { Accept: "text/event-stream", "Content-Type": "application/json" },
      body: JSON.stringify({ user_input: text, session, pack: config.pack, context: context(), language: session ? null : config.language }),
    });
    if (!answer.ok) throw new Error(answer.status);
    for await (const [name, data] of events(answer)) hear(name, data, line);
  } catch {
    line.textContent = t.lost;
    box.value = text;
  }
  send.disabled = false;
};

const welcome = () => {
  const element = make("div", "welcome starters");
  element.append(make("p", "note", t.empty_chat));
  element.append(...config.starters.map((message) => press("starter", message, () => say(message))));
  log.replaceChildren(element);
};
const restore = async (id) => {
  const answer = await fetch(`sessions/${encodeURIComponent(id)}`);
  if (!answer.ok) { keep(null); return; }
  session = id;
  const { turns, constraints } = await answer.json();
  wish(constraints);
  if (turns.length) log.replaceChildren();
  for (const turn of turns) {
    show(make("p", "said", turn.user));
    show(make("p", "reply", turn.reply));
  }
  if (turns.length) list(turns.at(-1).items);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say(box.value);
});
forget.addEventListener("click", async () => {
  if (session) await fetch(`sessions/${encodeURIComponent(session)}`, { method: "DELETE" });
  keep(null);
  wish([]);
  welcome();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") tell("escape"); });
window.addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== config.origin) return;
  const { chatrec: name, detail } = event.data || {};
  if (name === "focus") box.focus();
  else if (name === "restore" && typeof detail === "string" && !session) restore(detail);
});

if (config.accent) document.documentElement.style.setProperty("--accent", config.accent);
if (config.notice) {
  form.hidden = true;
  show(make("p", "note", config.notice));
} else welcome();
tell("ready");
