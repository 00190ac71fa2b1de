import type { NatsLink } from './link.js';

/**
 * For a process that has to end: closes the link once the server has been unreachable for `forMs` milliseconds without a break,
 * counted from now. Operations that wait for the server then fail.
 *
 * @returns a function that stops the watch
 */
export function closeWhenAway(
  link: Pick<NatsLink, 'state' | 'onAway' | 'onBack' | 'close'>,
  forMs: number,
): () => void {
  let waiting: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void link.close(), forMs);
  };
  const rest = (): void => clearTimeout(waiting);
  const ends = [link.onAway(watch), link.onBack(rest), rest];
  if (link.state.kind === 'away') watch();
  return () => ends.forEach((end) => end());
}
