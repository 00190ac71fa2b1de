import type { Batch } from '../batch.js';
import type { EventFailure } from '../failure.js';
import type { Arrival } from './across-stage.js';
import type { MadeHere, Steps } from './steps.js';

/**
 * Fails an event that was made of several. If its members are known, each of them fails, because they are retried separately;
 * otherwise it counts as one failed event.
 *
 * @param arrival of the event that was made
 */
export function failMade(
  batch: Batch,
  steps: Steps,
  { next, members }: MadeHere,
  arrival: Arrival,
  failure: EventFailure,
): void {
  if (members !== undefined) steps.unmake(next, members.length);
  for (const { origin, text } of members ?? [arrival])
    batch.as(origin, () => batch.failEvent(failure, origin.id, text));
}
