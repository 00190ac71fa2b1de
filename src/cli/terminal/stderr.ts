import { visible } from '../../config/diagnostic/index.js';

let takeAway: (() => void) | undefined;

/**
 * Says something to the person, {@link visible}. What is drawn on the terminal's last lines goes first: it would be written
 * over.
 *
 * @param done told when it is out, or why it is not
 */
export function writeStderr(
  text: string | Uint8Array,
  done: (error: Error | null | undefined) => void = () => undefined,
): void {
  takeAway?.();
  const said = typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.length).toString();
  process.stderr.write(visible(said), done);
}

/** @param take called before anything is said, to take away what is drawn; undefined: nothing is any more */
export function beforeStderr(take: (() => void) | undefined): void {
  takeAway = take;
}
