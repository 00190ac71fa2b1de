import { formatPointer } from 'computo-js';
import type { KeyPath, SchemaVocabulary, SettingProblem } from '../../config/kinds/index.js';
import { nodeAt, type SourceNode } from '../../config/source/index.js';
import type { BatchPlan } from '../ai/ai-calls.js';

/** With fewer requests than this, `auto` asks live. */
export const ROWS_MIN_DEFAULT = 100;

const ROWS_MAX = 1_000_000;

/** The settings of how a stage's requests are sent: one by one, or many at once, for less and later. */
export const inLane = (f: SchemaVocabulary) => ({
  lane: f
    .choice(['live', 'batch', 'auto'])
    .prefault('live')
    .describe(
      'batch: the requests go in batches, at half the price, and are answered within a day; auto: so if there are enough. run --lane says otherwise.',
    ),
  deadline: f
    .duration(1)
    .optional()
    .describe(
      'With lane batch or auto: what has no answer after this long is asked live; in serve, this long after its event was stored. Default: it waits.',
    ),
  min_batch: f
    .integer(1, ROWS_MAX)
    .optional()
    .describe(
      `With lane auto: fewer requests are asked live; in serve, the events that wait count. Default: ${ROWS_MIN_DEFAULT}.`,
    ),
  max_batch: f
    .integer(1, ROWS_MAX)
    .optional()
    .describe('With lane batch or auto: most requests of one batch. Default: what the provider takes.'),
  max_wait: f
    .duration(1)
    .optional()
    .describe(
      'With lane batch or auto, in serve: a batch is sent when it has collected requests for this long. Default: a tenth of deadline, and 10 minutes at most.',
    ),
});

interface LaneSettings {
  readonly lane: 'live' | 'batch' | 'auto';
  readonly deadline?: number | undefined;
  readonly min_batch?: number | undefined;
  readonly max_batch?: number | undefined;
  readonly max_wait?: number | undefined;
}

/** Returns how a stage's requests go in batches; undefined if they go live. */
export function batchPlan({ lane, deadline, min_batch, max_batch, max_wait }: LaneSettings): BatchPlan | undefined {
  if (lane === 'live') return undefined;
  return {
    ...(lane === 'auto' && { rowsMin: min_batch ?? ROWS_MIN_DEFAULT }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(max_batch !== undefined && { rowsMax: max_batch }),
    ...(max_wait !== undefined && { waitMs: max_wait }),
  };
}

/** Finds settings of batches at a stage that sends none. @param callsAt where the settings of its calls are */
export function laneProblems(callsAt: KeyPath, stage: SourceNode): readonly SettingProblem[] {
  const settings = nodeAt(stage, formatPointer(callsAt))?.entries;
  const valueOf = (key: string): unknown => settings?.get(key)?.node.value;
  const has = (key: string): boolean => settings?.has(key) === true;
  const lane = valueOf('lane') ?? 'live';
  const problems: SettingProblem[] = [];
  if (lane === 'live')
    for (const key of ['deadline', 'min_batch', 'max_batch', 'max_wait'].filter(has))
      problems.push({
        path: [...callsAt, key],
        message: `${key} is about batches, and this stage sends none`,
        hint: 'lane: batch or lane: auto stands beside it',
      });
  if (lane === 'batch' && has('min_batch'))
    problems.push({
      path: [...callsAt, 'min_batch'],
      message: 'min_batch: lane: batch sends any number of requests in a batch',
      hint: 'lane: auto asks fewer live',
    });
  const [least, most] = [valueOf('min_batch'), valueOf('max_batch')];
  if (typeof least === 'number' && typeof most === 'number' && least > most)
    problems.push({ path: [...callsAt, 'min_batch'], message: 'min_batch is larger than max_batch' });
  return problems;
}
