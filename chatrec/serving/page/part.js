// Runs once in each part of the page (head, chat, panel). A part is redrawn often, so one listener serves its buttons.
const EVENTS = ["pick", "rate", "drop", "vary", "retry", "edit", "speak", "turn", "fresh", "forget", "remember", "export"];
let pressed = null;

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-event]");
  if (!button || !EVENTS.includes(button.dataset.event)) return;
  pressed = button.dataset;
  window.chatrec.pressed(button);
  trigger(button.dataset.event, { ...button.dataset });
});

element.addEventListener("change", ({ target }) => {
  if (!target.matches("select[data-event]")) return;
  pressed = target.dataset;
  window.chatrec.pressed(target);
  trigger(target.dataset.event, { pack: target.value });
});

watch("value", () => {
  window.chatrec.redrawn(element, pressed);
  pressed = null;
});
window.chatrec.redrawn(element, null);
