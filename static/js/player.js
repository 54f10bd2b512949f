/**
 * Plays the playlist of [data-player]: hls.js where the browser has media source extensions, else the
 * browser itself. Errors that playing survives go to a list below, others onto the screen.
 */
import { linkedTime, press } from "./player/keys.js";
import { keepTogether } from "./player/together.js";
import { duration } from "./time.js";
import { fill, gettext } from "./words.js";
import Hls from "../vendor/hls.js-1.7.4/hls.light.min.mjs";

for (const player of document.querySelectorAll("[data-player]")) start(player);

async function start(player) {
  const video = player.querySelector("video");
  const { src, worker } = player.dataset;
  startBar(player, video);
  const refusal = await check(src);
  if (refusal) return say(player, refusal);
  if (Hls.isSupported()) {
    playWithHls(player, video, src, worker);
    if (player.dataset.sound) addSound(player, video);
  } else if (video.canPlayType("application/vnd.apple.mpegurl")) video.src = src;
  else return say(player, gettext("This browser cannot play HLS. Download the files instead."));
  const from = linkedTime(location.search);
  if (from) video.addEventListener("loadedmetadata", () => (video.currentTime = from), { once: true });
}

/** The sentence with which our server refuses the playlist, or nothing. */
async function check(src) {
  const answer = await fetch(src).catch(() => null);
  if (!answer) return gettext("The playlist could not be loaded. Check the connection, then reload the page.");
  return answer.ok ? "" : answer.text();
}

function playWithHls(player, video, src, workerPath) {
  const hls = new Hls({ workerPath, backBufferLength: 60 });
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return note(player, error.details);
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError();
    hls.destroy();
    return say(player, whyFatal(error));
  });
  hls.loadSource(src);
  hls.attachMedia(video);
}

/** A picture and its sound are two playlists in individual mode; the light hls.js plays one each. */
function addSound(player, video) {
  const { sound, later, worker } = player.dataset;
  const audio = document.createElement("audio");
  audio.hidden = true;
  player.append(audio);
  playWithHls(player, audio, sound, worker);
  keepTogether(video, audio, Number(later));
}

function whyFatal(error) {
  const status = error.response?.code;
  if (status === 403) return gettext("The addresses of the slices have expired. Reload the page to play on.");
  if (status === 404) return gettext("A slice is not in the storage. Compare the files with the storage below.");
  if (error.type === "networkError") {
    return gettext(
      "The slices could not be loaded from the storage. It is unreachable, or its CORS rule does not allow GET with Range from this page. Test the storage, or let it deliver through Reelroom.",
    );
  }
  return fill(gettext("The recording cannot be played (%(details)s). Download the files instead."), {
    details: error.details,
  });
}

function say(player, words) {
  const message = player.querySelector(".player__message");
  message.textContent = words;
  message.hidden = false;
}

function note(player, words) {
  const log = document.querySelector("[data-player-log]");
  if (!log) return;
  log.hidden = false;
  const line = document.createElement("li");
  line.textContent = `${new Date().toLocaleTimeString()} ${words}`;
  log.querySelector("ol").append(line);
}

function startBar(player, video) {
  const clock = player.querySelector("[data-clock]");
  const tick = () => {
    const total = Number.isFinite(video.duration) ? ` / ${duration(video.duration)}` : "";
    clock.textContent = duration(video.currentTime) + total;
  };
  for (const name of ["timeupdate", "durationchange", "seeked"]) video.addEventListener(name, tick);
  player.querySelector("[data-player-speed]")?.addEventListener("change", (event) => {
    video.playbackRate = Number(event.target.value);
  });
  // The browser's own control has nothing to say to a picture whose sound is played beside it.
  player.querySelector("[data-player-volume]")?.addEventListener("input", (event) => {
    video.volume = Number(event.target.value);
  });
  player.querySelector("[data-player-snapshot]")?.addEventListener("click", () => savePicture(video));
  player.querySelector("[data-player-link]")?.addEventListener("click", (event) => {
    const link = new URL(location.href);
    link.searchParams.set("t", video.currentTime.toFixed(1));
    event.currentTarget.dataset.copy = link; // copy.js, which hears the same click later, takes it
  });
  document.addEventListener("keydown", (event) => onKey(event, video));
}

function onKey(event, video) {
  const elsewhere = event.target.closest("input, select, textarea, button, a, summary, dialog");
  if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
  const { currentTime: time, duration: total, paused } = video;
  const change = press(event.key, { time, duration: total, paused });
  if (!change) return;
  event.preventDefault();
  if (change.time !== undefined) video.currentTime = change.time;
  if (change.paused === true) video.pause();
  if (change.paused === false) video.play();
}

function savePicture(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (!canvas.width) return;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const link = document.createElement("a");
  link.download = `${duration(video.currentTime).replaceAll(":", "-")}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}
