"use strict";
// Send an answer, say what came of it, and go on; what could not be sent stays where it was written.
async function send(fields, buttons) {
  const said = document.getElementById("said");
  const say = (text, bad) => {
    said.textContent = text;
    said.classList.toggle("bad", bad);
    said.hidden = false;
  };
  for (const button of buttons) button.disabled = true;
  try {
    const reply = await fetch(location.pathname, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields),
    });
    const answer = await reply.json();
    say(answer.said, !reply.ok);
    if (reply.ok && answer.more) location.reload();
    if (reply.ok) return true;
  } catch {
    say("Nobody answers: the command that served this page has ended. What you wrote is still here; copy it, start the command again and open the new address.", true);
  }
  for (const button of buttons) button.disabled = false;
  return false;
}
