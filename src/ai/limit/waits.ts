import { goDurationMs } from './go-duration.js';

/** No limit lasts longer: a server that says so is wrong. */
const WAIT_MS_MAX = 31 * 86_400_000;

/** Returns a wait that a server can mean; undefined if it is missing, negative, or absurdly long. */
export function saneWaitMs(ms: number | undefined): number | undefined {
  return ms !== undefined && ms > 0 && ms <= WAIT_MS_MAX ? ms : undefined;
}

/** The time until a moment given as milliseconds since the epoch; undefined if the text is not one, or the moment is past. */
export function untilEpochMs(text: string | null | undefined, now: number): number | undefined {
  const at = wholeNumber(text ?? null);
  return at === undefined ? undefined : saneWaitMs(at - now);
}

/** The wait that a sentence names, as in "Please try again in 7m12s."; undefined: it names none. */
export function waitInWords(words: string): number | undefined {
  const [, duration = ''] = /try again in ((?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+)/i.exec(words) ?? [];
  return saneWaitMs(goDurationMs(duration.toLowerCase()));
}

/** Parses a number in a header. */
export function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^[0-9]{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
