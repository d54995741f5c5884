{
  const group = document.querySelector(".choices");
  const buttons = [...group.querySelectorAll("button")];
  document.querySelector(".player")?.focus({ preventScroll: true });  // its keys work at once, pair after pair
  const choose = (button) => button.disabled || send({ chosen: button.value, number: group.dataset.number }, buttons);
  for (const button of buttons) button.addEventListener("click", () => choose(button));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const button = buttons.find((one) => one.getAttribute("aria-keyshortcuts") === event.key);
    if (button) choose(button);
  });
}
