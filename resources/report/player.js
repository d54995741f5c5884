"use strict";
// One film holds the clip and the robots; each picture is drawn from it onto their screens, which stand side by side
// where there is room and one above the other on a phone. Being one film, they cannot get out of step.
for (const player of document.querySelectorAll(".player")) {
  const film = player.querySelector("video");
  const { fps, frames, edges, height } = JSON.parse(player.dataset.film);
  const times = JSON.parse(player.dataset.times);
  const [play, back, forth, half] = ["play", "back", "forth", "half"].map((name) => player.querySelector("." + name));
  const slider = player.querySelector("input");
  const where = player.querySelector("output");
  const screens = [...player.querySelectorAll("canvas")].map((canvas, i) => {
    const left = i ? edges[i - 1] : 0;
    canvas.width = edges[i] - left;
    canvas.height = height;
    const paper = canvas.getContext("2d");
    return () => paper.drawImage(film, left, 0, canvas.width, height, 0, 0, canvas.width, height);
  });
  let at = 0;

  function show(index) {
    at = Math.max(0, Math.min(frames - 1, index));
    for (const draw of screens) draw();
    slider.value = at;
    const robot = times.robot ? ` · robot ${times.robot[at].toFixed(2)} s` : "";
    const said = `frame ${at + 1} of ${frames} · video ${times.video[at].toFixed(2)} s${robot}`;
    slider.setAttribute("aria-valuetext", said);
    where.textContent = said;
  }
  const now = () => Math.floor(film.currentTime * fps + 1e-3);

  function seek(index) {
    film.pause();
    at = (index + frames) % frames;
    film.currentTime = (at + 0.5) / fps;  // the middle of a picture's time: rounding cannot miss it
  }
  const toggle = () => (film.paused ? film.play() : film.pause());
  const step = (by) => seek(at + by);
  function slow() {
    film.playbackRate = film.playbackRate === 1 ? 0.5 : 1;
    half.setAttribute("aria-pressed", film.playbackRate !== 1);
  }

  function follow(_, shown) {
    show(shown ? Math.round(shown.mediaTime * fps) : now());
    await_picture();
  }
  const await_picture = () =>
    film.requestVideoFrameCallback ? film.requestVideoFrameCallback(follow) : film.paused || requestAnimationFrame(follow);
  film.addEventListener("seeked", () => show(now()));
  film.addEventListener("play", () => {
    play.textContent = "Pause";
    if (!film.requestVideoFrameCallback) await_picture();
  });
  film.addEventListener("pause", () => {
    play.textContent = "Play";
    seek(now());  // what is shown is then exactly what is said
  });

  play.addEventListener("click", toggle);
  back.addEventListener("click", () => step(-1));
  forth.addEventListener("click", () => step(1));
  half.addEventListener("click", slow);
  slider.addEventListener("input", () => seek(Number(slider.value)));
  player.querySelector(".screens").addEventListener("click", () => { player.focus(); toggle(); });
  player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;  // the button's own
    const actions = { " ": toggle, ArrowLeft: () => step(-1), ArrowRight: () => step(1), h: slow, H: slow };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });

  // Some browsers cannot seek in data addresses: give the film its bytes as a file.
  const bytes = Uint8Array.from(atob(film.src.slice(film.src.indexOf(",") + 1)), (c) => c.charCodeAt(0));
  film.addEventListener("loadeddata", () => { player.classList.add("ready"); show(0); await_picture(); }, { once: true });
  film.addEventListener("error", () => player.classList.add("failed"));
  film.controls = false;
  film.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
}
