/** Keeps a sound beside a picture that is played apart from it. */
const APART = 0.15; // seconds of difference that nobody hears

/** Where the sound should be when the picture is at `time`; null while it has not begun. */
export const soundTime = (time, later) => (time >= later ? time - later : null);

/** Whether the sound has to jump to be together with the picture again. */
export const isApart = (time, sound, later) => Math.abs(time - later - sound) > APART;

/**
 * @param {HTMLMediaElement} picture the element that people control
 * @param {HTMLMediaElement} sound
 * @param {number} later seconds by which the sound begins after the picture; negative: before
 */
export function keepTogether(picture, sound, later) {
  const follow = () => {
    const time = soundTime(picture.currentTime, later);
    const over = time === null || (Number.isFinite(sound.duration) && time > sound.duration);
    if (picture.paused || picture.seeking || picture.readyState < 3 || over) return sound.pause();
    if (isApart(picture.currentTime, sound.currentTime, later)) sound.currentTime = time;
    if (sound.paused) sound.play().catch(() => {}); // no sound yet: the next tick tries again
  };
  const settings = () => {
    sound.volume = picture.volume;
    sound.muted = picture.muted;
    sound.playbackRate = picture.playbackRate;
  };
  for (const name of ["play", "playing", "pause", "waiting", "seeking", "seeked", "timeupdate", "ended"]) {
    picture.addEventListener(name, follow);
  }
  for (const name of ["volumechange", "ratechange"]) picture.addEventListener(name, settings);
  settings();
}
