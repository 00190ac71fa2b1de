import { at, say, showTable } from './elements.js';
import type { FeedFrame } from './samples.js';
import { count, dateAndTime, money, seconds } from './words.js';

const HEADS = ['Stage', 'Provider', 'Model', 'State', 'Done', 'Age', 'Deadline', 'At most', 'Id'];

/** Shows the batches that have not ended; shows nothing if there are none. */
export function showBatches({ at: now, batches: look }: FeedFrame): void {
  at('batches').hidden = look === undefined;
  if (look === undefined) return;
  const { batches, open } = look;
  say('batch-count', open > batches.length ? `the newest ${count(batches.length)} of ${count(open)}` : count(open));
  const rows = batches.map(
    ({ pipeline, stage, provider, model, state, rows, done, created, deadline, at_most, id }) => [
      stage === null ? pipeline : `${pipeline} › ${stage}`,
      provider,
      model,
      state,
      rows === null ? '–' : `${count(done)} of ${count(rows)}`,
      seconds(Math.max(0, now - created) / 1000),
      deadline === null ? '–' : dateAndTime(deadline),
      at_most === null ? '–' : money(at_most),
      id,
    ],
  );
  showTable('batch-list', HEADS, rows, 'None.');
}
