import { runBlocks, type BlockRunResult, type Progress } from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import { EXIT } from '../exit-codes.js';
import type { Engine } from '../run/engine.js';
import { openSources, readSources } from '../run/open-input.js';
import type { RunPlan } from '../run/plan.js';
import { reporterFor } from '../run/reporter.js';
import { UserError } from '../user-error.js';
import type { Failures } from './failures.js';

/**
 * Sends the whole input through an engine, and what comes out nowhere.
 *
 * @throws UserError when the input can't be read to its end
 */
export async function passThrough(
  plan: RunPlan,
  engine: Pick<Engine, 'executor' | 'shape'>,
  failures: Failures,
  reading: AbortController,
): Promise<BlockRunResult> {
  const sources = openSources(plan);
  const progress = plan.progress ? reporterFor(sources, []) : undefined;
  const result = await runBlocks({
    executor: engine.executor,
    blocks: engine.shape(readSources(plan, sources, reading.signal)),
    outputs: plan.outputs.map(() => nowhere()),
    deadLetters: failures.sink,
    now: Date.now,
    stopReading: () => reading.abort(),
    unordered: plan.ai !== undefined,
    ...(progress && { onProgress: (now) => progress.update(withoutAwaited(now, failures)) }),
  });
  progress?.close();
  if (result.endedBy !== 'error') return result;
  if (result.error instanceof SourceError) throw new UserError(result.error.message, EXIT.dataError);
  throw result.error;
}

/** Who waits for an answer has not failed. */
function withoutAwaited({ counts, bytes }: Progress, { awaited }: Failures): Progress {
  return { counts: { ...counts, deadLettered: Math.max(0, counts.deadLettered - awaited) }, bytes };
}

function nowhere(): Sink {
  return { name: 'nowhere', write: () => Promise.resolve(), close: () => Promise.resolve() };
}
