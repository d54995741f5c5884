{
  const form = document.getElementById("answer");
  const boxes = [...form.querySelectorAll("textarea")];
  const player = document.querySelector(".player");
  const phase = JSON.parse(form.dataset.phase);
  let last = boxes[0];
  for (const box of boxes) box.addEventListener("focus", () => { last = box; });

  function mark() {
    if (!player) return last.focus();
    const at = Number(player.querySelector("input").value);
    const times = JSON.parse(player.dataset.times);
    const robot = times.robot ? `, robot ${times.robot[at].toFixed(2)} s` : "";
    const when = phase.length ? `at phase ${phase[at].toFixed(2)}` : `at video ${times.video[at].toFixed(2)} s${robot}`;
    const before = last.value.slice(0, last.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    last.setRangeText(`${gap}${when}: `, last.selectionStart, last.selectionEnd, "end");
    last.focus();
  }
  async function submit() {
    const buttons = form.querySelectorAll("button");
    if (buttons[0].disabled) return;
    await send(Object.fromEntries(boxes.map((box) => [box.name, box.value])), buttons);
  }

  document.getElementById("mark").addEventListener("click", mark);
  if (player) player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^m$/i.test(event.key)) return;
    event.preventDefault();
    mark();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  form.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(); });
}
