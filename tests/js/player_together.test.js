import assert from "node:assert/strict";
import test from "node:test";
import { isApart, keepTogether, soundTime } from "../../static/js/player/together.js";

class Media extends EventTarget {
  currentTime = 0;
  duration = 60;
  paused = true;
  seeking = false;
  readyState = 4;
  volume = 1;
  muted = false;
  playbackRate = 1;
  play() {
    this.paused = false;
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
  }
  tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

test("a sound that begins later is not played before its time", () => {
  assert.equal(soundTime(1, 2), null);
  assert.equal(soundTime(5, 2), 3);
  assert.equal(soundTime(0, -2), 2);
});

test("a difference that nobody hears is left alone", () => {
  assert.equal(isApart(5, 2.9, 2), false);
  assert.equal(isApart(5, 2.5, 2), true);
});

test("the sound follows play, seeking, speed and volume of the picture", () => {
  const [picture, sound] = [new Media(), new Media()];
  keepTogether(picture, sound, 2);

  picture.paused = false;
  picture.currentTime = 10;
  picture.tell("seeked");
  assert.deepEqual([sound.paused, sound.currentTime], [false, 8]);

  picture.playbackRate = 2;
  picture.tell("ratechange");
  picture.muted = true;
  picture.tell("volumechange");
  assert.deepEqual([sound.playbackRate, sound.muted], [2, true]);

  picture.readyState = 2;
  picture.tell("waiting");
  assert.equal(sound.paused, true);

  picture.readyState = 4;
  picture.currentTime = 100;
  picture.tell("timeupdate");
  assert.equal(sound.paused, true, "the sound has ended before the picture");
});
