import { isatty } from 'node:tty';
import {
  blockProcessor,
  inlineExecutor,
  limitEvents,
  runBlocks,
  type BlockRunResult,
  type TraceOf,
} from '../../pipeline/index.js';
import { SinkError } from '../../sinks/index.js';
import { mergeSources, openSource, SourceError, type Source } from '../../sources/index.js';
import type { RunFlags } from '../commands/run.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import { openOutputs } from './open-outputs.js';
import type { RunPlan } from './plan.js';
import { progressReporter, type ProgressReporter } from './progress.js';
import { resolveRun } from './resolve.js';
import { onSignals } from './signals.js';
import { summaryJson, summaryText } from './summary.js';

const STDERR = 2;

/** `colloquium run`: from flags to exit code. */
export async function run(files: readonly string[], flags: RunFlags): Promise<number> {
  const plan = await resolveRun(files, flags);
  const processBlock = blockProcessor({ ...plan.block, pipeline: plan.pipeline }, await traceOf(plan));
  try {
    return await execute(plan, processBlock);
  } catch (error) {
    if (error instanceof SourceError) throw new UserError(error.message, EXIT.usage);
    if (error instanceof SinkError)
      throw new UserError(error.message, error.phase === 'open' ? EXIT.usage : EXIT.dataError);
    throw error;
  }
}

async function execute(plan: RunPlan, processBlock: ReturnType<typeof blockProcessor>): Promise<number> {
  const { lineBytesMax } = plan.block;
  const sources = plan.inputs.map((name) => openSource(name, { lineBytesMax, follow: plan.follow }));
  const { outputs, deadLetters } = openOutputs(plan);

  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  const signalCode = onSignals(stopReading);
  const blocks = mergeSources(sources, plan.follow ? 'side-by-side' : 'in-order', reading.signal);
  const progress = plan.progress ? reporter(sources) : undefined;
  const startedAt = performance.now();

  const result = await runBlocks({
    executor: inlineExecutor(processBlock),
    blocks: plan.limit === undefined ? blocks : limitEvents(blocks, plan.limit),
    outputs,
    deadLetters,
    now: Date.now,
    stopReading,
    ...(progress && { onProgress: (now) => progress.update(now) }),
  });
  for (const sink of [...outputs, deadLetters]) await sink.close();

  progress?.close();
  // Whoever closed the pipe has seen enough: a summary would only disturb.
  if (result.endedBy === 'closed') return EXIT.ok;
  const seconds = (performance.now() - startedAt) / 1000;
  process.stderr.write(plan.stats === 'json' ? summaryJson(result, seconds) : summaryText(result, seconds));
  return signalCode() ?? exitCodeOf(result);
}

function exitCodeOf(result: BlockRunResult): ExitCode {
  if (result.endedBy === 'error') {
    const { error } = result;
    if (!(error instanceof SourceError || error instanceof SinkError)) throw error;
    throw new UserError(`${error.message}; what the counts name was done`, EXIT.dataError);
  }
  return result.counts.deadLettered + result.counts.skipped > 0 ? EXIT.someFailed : EXIT.ok;
}

function reporter(sources: readonly Source[]): ProgressReporter {
  const sizes = sources.map((source) => source.sizeBytes);
  const total = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  const world = {
    write: (text: string) => void process.stderr.write(text),
    isTty: isatty(STDERR),
    columns: process.stderr.columns,
    now: () => performance.now(),
  };
  return progressReporter(world, total);
}

/** A listener for every stage whose calls are to be told. */
async function traceOf({ traced }: RunPlan): Promise<TraceOf | undefined> {
  if (traced === undefined) return undefined;
  const { traceTo } = await import('./trace.js');
  return (stage) => {
    const source = traced.get(stage);
    return source && traceTo((text) => void process.stderr.write(text), source);
  };
}
