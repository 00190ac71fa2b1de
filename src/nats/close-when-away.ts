import type { NatsLink } from './link.js';

/**
 * For who has to come to an end: closes the link once the server has been away for so long from now on, without a break. Whoever waits
 * for it then gives up.
 *
 * @returns a function that ends the watch
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
