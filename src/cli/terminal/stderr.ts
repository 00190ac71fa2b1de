import { visible } from '../../config/diagnostic/index.js';

let takeAway: (() => void) | undefined;

/**
 * Writes something for the person, {@link visible}. Lines drawn at the bottom of the terminal are removed first, because they
 * would be overwritten.
 *
 * @param done called when the text is written, or with the error
 */
export function writeStderr(
  text: string | Uint8Array,
  done: (error: Error | null | undefined) => void = () => undefined,
): void {
  takeAway?.();
  const said = typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.length).toString();
  process.stderr.write(visible(said), done);
}

/** @param take called before anything is written, to remove what is drawn; undefined: nothing is drawn any more */
export function beforeStderr(take: (() => void) | undefined): void {
  takeAway = take;
}
