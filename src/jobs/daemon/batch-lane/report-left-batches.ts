import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchRecord } from '../../../ai/index.js';
import type { Engines } from '../../engines/engines.js';
import type { ServePlan } from '../../serve-plan.js';

/** The most batches that are named. */
const NAMED_MAX = 10;
/** In the state folder, there as soon as a batch was made. */
const BATCHES = 'batches';

/** Reports batches that nobody fetches, because their pipeline was removed or renamed, or asks no provider any more. */
export async function reportLeftBatches(
  { config, stateFolder }: Pick<ServePlan, 'config' | 'stateFolder'>,
  { ai }: Pick<Engines, 'ai'>,
  kept: { readonly has: (pipeline: string) => boolean },
  warn: (message: string, fields: { readonly pipeline: string }) => void,
): Promise<void> {
  // Most daemons have never made a batch.
  if (ai === undefined && !existsSync(join(stateFolder, BATCHES))) return;
  const [{ openAi }, { outText, waysOut }] = await Promise.all([
    import('../../ai/open-client.js'),
    import('../../ai/leftovers.js'),
  ]);
  const own =
    ai === undefined ? await openAi({ config, pipelines: [], live: false }, () => undefined, true) : undefined;
  const { batches } = ai ?? own ?? {};
  const left: BatchRecord[] = [];
  try {
    for await (const record of batches?.out() ?? []) if (!kept.has(record.pipeline)) left.push(record);
  } finally {
    await own?.close();
  }
  for (const record of left.slice(0, NAMED_MAX)) {
    const { pipeline } = record;
    const why = 'that pipeline is not in the config any more, or asks no provider';
    warn(`${outText(record)}, and ${why}: nobody waits for its answers; ${waysOut(record)}`, { pipeline });
  }
  const [, ...more] = left.slice(NAMED_MAX - 1);
  if (more[0] !== undefined)
    warn(`${more.length} more are out: colloquium journal batches lists them`, { pipeline: more[0].pipeline });
}
