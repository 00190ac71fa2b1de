import { isatty } from 'node:tty';
import type { BlockRunResult, Progress } from '../../pipeline/index.js';
import { SinkError } from '../../sinks/index.js';
import { SourceError } from '../../sources/index.js';
import type { ReplayFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { PAUSE_CODES } from '../pause-codes.js';
import { onLog, openLog } from '../log/place.js';
import { progressReporter } from '../run/progress.js';
import { summaryJson, summaryText } from '../run/summary.js';
import { UserError } from '../user-error.js';
import { replayRaw } from './raw.js';
import { refuseOwnFiles } from './refuse-own-files.js';
import { resolveReplay } from './resolve.js';
import { performRuns } from './runs.js';
import { refuseUnknownPipeline } from './unknown-pipeline.js';
import { startReplay, type OpenReplay } from './open-replay.js';
import { openReplayEngines, runsToOneOutput } from './through.js';
import { runsToOutputs } from './to-outputs.js';
import { writeStderr } from '../run/stderr.js';

const STDERR = 2;

/** `colloquium replay`: from flags to exit code. */
export async function replay(flags: ReplayFlags): Promise<number> {
  const plan = await resolveReplay(flags);
  await openLog(plan.logFolder);
  refuseOwnFiles(plan);
  if (plan.choice.from === 'dead-letters') refuseWithoutLetters(plan.way);
  await onLog(() => refuseUnknownPipeline(plan));
  const underWay = startReplay(plan);
  const startedAt = performance.now();
  const progress = plan.progress ? reporter() : undefined;
  const result = await onLog(() => perform(underWay, (now) => progress?.update(now)));
  progress?.close();
  // Whoever closed the pipe has seen enough.
  if (result.endedBy === 'closed') return EXIT.ok;
  const seconds = (performance.now() - startedAt) / 1000;
  writeStderr(plan.stats === 'json' ? summaryJson(result, seconds) : summaryText(result, seconds));
  return underWay.signalCode() ?? exitCodeOf(result, underWay.damagedPlaces());
}

async function perform(underWay: OpenReplay, onProgress: (progress: Progress) => void): Promise<BlockRunResult> {
  const { way } = underWay.plan;
  try {
    if (way.kind === 'raw') return await replayRaw(underWay, way);
    const engines = await openReplayEngines(underWay.plan, way.pipelines);
    underWay.onDrain(() => engines.drain());
    try {
      const runs =
        way.kind === 'pipelines' ? runsToOneOutput(underWay, way, engines) : runsToOutputs(underWay, way, engines);
      return await performRuns(runs, underWay, onProgress);
    } finally {
      await engines.close();
    }
  } catch (error) {
    if (error instanceof SourceError) throw new UserError(error.message, EXIT.dataError);
    if (!(error instanceof SinkError)) throw error;
    throw new UserError(error.message, error.phase === 'open' ? EXIT.usage : EXIT.dataError);
  }
}

function refuseWithoutLetters(way: OpenReplay['plan']['way']): void {
  if (way.kind === 'raw' || way.pipelines.some(({ deadLetter }) => deadLetter !== undefined)) return;
  const hint = 'add dead_letter: ./out/dead.ndjson to it';
  throw new UserError('no pipeline keeps its dead letters in a file', EXIT.usage, hint);
}

/** @throws UserError when it could not be finished */
function exitCodeOf(result: BlockRunResult, damagedPlaces: number): ExitCode {
  if (result.endedBy === 'error') {
    const { error } = result;
    if (error instanceof SinkError || error instanceof SourceError) throw new UserError(error.message, EXIT.dataError);
    throw error;
  }
  if (result.endedBy === 'paused') {
    const { reason, message } = result.pause;
    throw new UserError(`stopped: ${message}`, PAUSE_CODES[reason], 'what was paid for is kept: run it again');
  }
  if (damagedPlaces > 0) return EXIT.dataError;
  return result.counts.deadLettered + result.counts.skipped > 0 ? EXIT.someFailed : EXIT.ok;
}

function reporter(): ReturnType<typeof progressReporter> {
  return progressReporter(
    {
      write: (text) => void process.stderr.write(text),
      isTty: isatty(STDERR),
      columns: process.stderr.columns,
      now: () => performance.now(),
    },
    undefined,
  );
}
