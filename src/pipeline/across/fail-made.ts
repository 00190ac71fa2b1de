import type { Batch } from '../batch.js';
import type { EventFailure } from '../failure.js';
import type { Arrival } from './across-stage.js';
import type { MadeHere, Steps } from './steps.js';

/**
 * An event that was made of several has failed: so has each of those that are known, which come again by themselves; else it is one
 * failed event.
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
