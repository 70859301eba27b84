// What is pressed down. A tap is a press and a lift on one and the same element: what is drawn anew in between, or moves because
// something else comes, takes the tap away, and whoever tapped believes that they have answered. So nothing is drawn under a finger,
// a mouse button or a held space bar.

/** Who presses longer than this does not tap. */
const LONGEST_MS = 5_000;
/** A touch becomes a tap only a moment after the finger is gone. */
const TAP_WITHIN_MS = 80;

let pressedAt = -Infinity;
let waits = false;

/** Whether something that can be tapped is pressed down: what is to be drawn waits until it is let go. */
export function isPressed() {
  const pressed = performance.now() - pressedAt <= LONGEST_MS;
  waits ||= pressed;
  return pressed;
}

/** Has `draw()` called once what was pressed down is let go, if anything waited for it. */
export function watchFinger(draw) {
  /** @param {Event} event */
  const press = ({ target }) => {
    if (target instanceof Element && target.closest('button, a, input, select, label')) pressedAt = performance.now();
  };
  const lift = () => {
    pressedAt = -Infinity;
    if (waits) draw();
    waits = false;
  };
  const isSpace = (event) => event.key === ' ';
  addEventListener('pointerdown', press, true);
  addEventListener('keydown', (event) => isSpace(event) && !event.repeat && press(event), true);
  addEventListener('click', lift, true);
  addEventListener('pointercancel', lift, true);
  addEventListener('pointerup', () => setTimeout(lift, TAP_WITHIN_MS), true);
  addEventListener('keyup', (event) => isSpace(event) && setTimeout(lift, TAP_WITHIN_MS), true);
}
