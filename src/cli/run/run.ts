import { endedBetweenBlocks, runBlocks, type BlockRunResult } from '../../pipeline/index.js';
import { SinkError } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import type { RunFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { PAUSE_CODES } from '../pause-codes.js';
import { UserError } from '../user-error.js';
import { openEngine, type Engine } from './engine.js';
import { openJob, type RunJob } from './job.js';
import { OutputChangedError } from './look-at-outputs.js';
import type { RunPlan } from './plan.js';
import { reporterFor } from './reporter.js';
import { resolveRun } from './resolve.js';
import { onSignals, type Signals } from './signals.js';
import { writeStderr } from './stderr.js';
import { finishedText, summaryJson, summaryText } from './summary.js';

/** More failed events than this on stderr drown what else is said there. */
const TOLD_MAX = 10;

/**
 * `colloquium run`: from flags to exit code.
 *
 * @param typed the command line, without the program's name
 */
export async function run(files: readonly string[], flags: RunFlags, typed: readonly string[]): Promise<number> {
  const plan = await resolveRun(files, flags, typed);
  if (plan.warnings.length > 0) (await import('../print-diagnostics.js')).printDiagnostics(plan.warnings);
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
    const reading = new AbortController();
    const job = await openJob(plan, engine, reading);
    const signals = onSignals(() => {
      reading.abort();
      engine.drain();
    });
    try {
      return await execute(plan, engine, { job, reading, signals });
    } finally {
      signals.ignore();
      await job.release();
    }
  } finally {
    await engine.close();
  }
}

interface OpenRun {
  readonly job: RunJob;
  /** Ends the reading. */
  readonly reading: AbortController;
  readonly signals: Signals;
}

async function execute(plan: RunPlan, engine: Engine, { job, reading, signals }: OpenRun): Promise<number> {
  const { outputs, deadLetters, look, keeping } = job;
  const progress = plan.progress ? reporterFor(job.sources, plan.outputs, engine.ai) : undefined;
  // `performance` would have to be loaded first.
  const startedAt = process.uptime();

  const ran = await runBlocks({
    executor: engine.executor,
    blocks: job.blocks,
    outputs,
    deadLetters,
    now: Date.now,
    stopReading: () => reading.abort(),
    unordered: plan.unordered,
    beforeWrite: () => look('between blocks'),
    ...(progress && { onProgress: (now) => progress.update(now) }),
    ...(keeping && { onReached: (at) => keeping.reached(at) }),
  });
  const result = await seenToTheEnd(ran, look);
  await keeping?.finish(endedBetweenBlocks(result));
  for (const sink of [...outputs, deadLetters]) await sink.close();

  progress?.close();
  // Whoever closed the pipe has seen enough: a summary would only disturb.
  if (result.endedBy === 'closed') return EXIT.ok;
  const seconds = process.uptime() - startedAt;
  const ai = await engine.ai?.summary();
  if (plan.stats === 'json') writeStderr(summaryJson(result, seconds, ai));
  else if (keeping !== undefined && hasNothingNew(keeping, result)) writeStderr(finishedText(keeping.linesDone()));
  else writeStderr(summaryText(result, seconds, ai));
  if (plan.stats === 'text' && plan.deadLetters.kind === 'stderr' && result.counts.deadLettered > TOLD_MAX) {
    writeStderr('  hint: --dead-letter FILE keeps failed events in a file of their own\n');
  }
  const code = signals.code();
  if (code !== undefined && plan.resume !== undefined) writeStderr(`  go on with: ${plan.resume.command}\n`);
  return code ?? exitCodeOf(plan, result);
}

/** What became of the outputs when all was written. */
async function seenToTheEnd(result: BlockRunResult, look: RunJob['look']): Promise<BlockRunResult> {
  if (result.endedBy === 'error' || result.endedBy === 'closed') return result;
  try {
    await look('at the end');
    return result;
  } catch (error) {
    const { counts, bytes } = result;
    return { counts, bytes, endedBy: 'error', error };
  }
}

function hasNothingNew({ goesOn }: NonNullable<RunJob['keeping']>, { endedBy, bytes }: BlockRunResult): boolean {
  return goesOn && endedBy === 'input' && bytes === 0;
}

/** @throws UserError when the run could not be finished */
function exitCodeOf({ resume }: RunPlan, result: BlockRunResult): ExitCode {
  if (result.endedBy === 'error') {
    const { error } = result;
    if (!(error instanceof SourceError || error instanceof SinkError)) throw error;
    if (error.cause instanceof OutputChangedError) {
      throw new UserError(error.message, EXIT.dataError, 'run it again, and let nobody else touch the file meanwhile');
    }
    throw new UserError(`${error.message}; what the counts name was done`, EXIT.dataError);
  }
  if (result.endedBy === 'paused') {
    const { reason, message } = result.pause;
    const hint = resume
      ? `go on with: ${resume.command}`
      : 'what was paid for is kept: run the same command again; with --resume and -o it would go on where it stopped';
    throw new UserError(`stopped: ${message}`, PAUSE_CODES[reason], hint);
  }
  return result.counts.deadLettered + result.counts.skipped > 0 ? EXIT.someFailed : EXIT.ok;
}

function say(message: string): void {
  writeStderr(`colloquium: ${message}\n`);
}
