// One listener on the component serves every button that is drawn in it later; the chat follows its newest line.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { wish, item, rating, say } = button.dataset;
  if (wish) trigger("drop", { wish });
  else if (item) trigger("rate", { item, rating });
  else if (say) trigger("pick", { say });
});
watch("value", () => {
  const log = element.querySelector(".log");
  if (log) log.scrollTop = log.scrollHeight;
});
