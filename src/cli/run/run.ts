import {
  endedBetweenBlocks,
  parseInputPlace,
  resumable,
  runBlocks,
  type BlockRunResult,
  type CheckpointKeeper,
  type InputPlace,
} from '../../pipeline/index.js';
import { SinkError } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import type { RunFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { PAUSE_CODES } from '../pause-codes.js';
import { UserError } from '../user-error.js';
import { openEngine, type Engine } from './engine.js';
import { openOutputs } from './open-outputs.js';
import type { RunPlan } from './plan.js';
import { openSources, readSources } from './open-input.js';
import { reporterFor } from './reporter.js';
import { resolveRun } from './resolve.js';
import { onSignals } from './signals.js';
import { writeStderr } from './stderr.js';
import { summaryJson, summaryText } from './summary.js';

/** More failed events than this on stderr drown what else is said there. */
const TOLD_MAX = 10;

/** `colloquium run`: from flags to exit code. */
export async function run(files: readonly string[], flags: RunFlags): Promise<number> {
  const plan = await resolveRun(files, flags);
  try {
    if (plan.dryRun === undefined) return await runPlan(plan);
    const { dryRun } = await import('../dry-run/dry-run.js');
    return await dryRun(plan, plan.dryRun, say);
  } catch (error) {
    if (error instanceof SourceError) throw new UserError(error.message, EXIT.usage);
    if (!(error instanceof SinkError)) throw error;
    throw new UserError(error.message, error.phase === 'open' ? EXIT.usage : EXIT.dataError);
  }
}

async function runPlan(plan: RunPlan): Promise<number> {
  const engine = await openEngine(plan, say);
  try {
    return await execute(plan, engine);
  } finally {
    await engine.close();
  }
}

async function execute(plan: RunPlan, engine: Engine): Promise<number> {
  const sources = openSources(plan);
  const checkpoints = plan.resume && (await (await import('./checkpoints.js')).openCheckpoints(plan.resume));
  const { outputs, deadLetters, files } = openOutputs(plan, checkpoints?.found?.files);

  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  const signalCode = onSignals(() => {
    stopReading();
    engine.drain();
  });
  const shaped = engine.shape(readSources(plan, sources, reading.signal));
  let failure: { readonly error: unknown } | undefined;
  const keeper = checkpoints?.keep(files, (error) => {
    failure = { error };
    stopReading();
  });
  const progress = plan.progress ? reporterFor(sources, plan.outputs, engine.ai) : undefined;
  // `performance` would have to be loaded first.
  const startedAt = process.uptime();

  const result = await runBlocks({
    executor: engine.executor,
    blocks: checkpoints === undefined ? shaped : resumable(shaped, checkpoints.found?.place),
    outputs,
    deadLetters,
    now: Date.now,
    stopReading,
    unordered: plan.unordered,
    ...(progress && { onProgress: (now) => progress.update(now) }),
    ...(keeper && { onReached: (at) => reached(keeper, at) }),
  });
  await keeper?.finish(endedBetweenBlocks(result));
  if (failure !== undefined) throw failure.error;
  for (const sink of [...outputs, deadLetters]) await sink.close();

  progress?.close();
  // Whoever closed the pipe has seen enough: a summary would only disturb.
  if (result.endedBy === 'closed') return EXIT.ok;
  const seconds = process.uptime() - startedAt;
  const ai = await engine.ai?.summary();
  writeStderr(plan.stats === 'json' ? summaryJson(result, seconds, ai) : summaryText(result, seconds, ai));
  if (plan.stats === 'text' && plan.deadLetters.kind === 'stderr' && result.counts.deadLettered > TOLD_MAX) {
    writeStderr('  hint: --dead-letter FILE keeps failed events in a file of their own\n');
  }
  return signalCode() ?? exitCodeOf(result);
}

function reached(keeper: CheckpointKeeper<InputPlace>, at: unknown): void {
  const place = parseInputPlace(at);
  if (place !== undefined) keeper.reached(place);
}

/** @throws UserError when the run could not be finished */
function exitCodeOf(result: BlockRunResult): ExitCode {
  if (result.endedBy === 'error') {
    const { error } = result;
    if (!(error instanceof SourceError || error instanceof SinkError)) throw error;
    throw new UserError(`${error.message}; what the counts name was done`, EXIT.dataError);
  }
  if (result.endedBy === 'paused') {
    const { reason, message } = result.pause;
    const hint = 'what was paid for is kept: run the same command again, with --resume to continue the -o file';
    throw new UserError(`stopped: ${message}`, PAUSE_CODES[reason], hint);
  }
  return result.counts.deadLettered + result.counts.skipped > 0 ? EXIT.someFailed : EXIT.ok;
}

function say(message: string): void {
  writeStderr(`colloquium: ${message}\n`);
}
