import { isStdout } from '../../jobs/outputs/index.js';
import { replay as replayJob, type ReplayOutcome, type ReplayPlan } from '../../jobs/replay/index.js';
import { exitCodeOf, pauseOf, whyEnded } from '../exit/ending.js';
import { EXIT } from '../exit/exit-codes.js';
import { onDisk } from '../exit/on-disk.js';
import { UserError } from '../exit/user-error.js';
import { openLog } from '../log/place.js';
import { progressOn } from '../run/reporter.js';
import { summaryJson, summaryText, unroutedText } from '../run/summary.js';
import { wayOn } from '../run/way-on.js';
import { onSignals } from '../terminal/signals.js';
import { writeStderr } from '../terminal/stderr.js';
import { terminalTalk } from '../terminal/talk.js';
import type { ReplayFlags } from './flags.js';
import { refuseOwnFiles } from './refuse-own-files.js';
import { refuseWithoutDiff } from './diff-plan.js';
import { resolveReplay } from './resolve.js';
import { refuseUnknownId } from './unknown-id.js';
import { refuseUnknownPipeline } from './unknown-pipeline.js';

const LETTERS_OF_RUN =
  'letters of serve are retried here; those of a run hold their data: colloquium -e /event/data FILE | colloquium run';

const AGAIN = 'what was paid for is kept: run it again';

/** `colloquium replay`: from flags to exit code. */
export async function replay(flags: ReplayFlags): Promise<number> {
  refuseWithoutDiff(flags);
  const plan = await resolveReplay(flags);
  const areLetters = plan.choice.from === 'dead-letters';
  await openLog({ folder: plan.logFolder, config: plan.config }, areLetters ? LETTERS_OF_RUN : undefined);
  refuseOwnFiles(plan);
  if (areLetters) refuseWithoutLetters(plan.way);
  await onDisk(() => refuseUnknownPipeline(plan));
  await onDisk(() => refuseUnknownId(plan));
  const ending = new AbortController();
  const signals = onSignals(() => ending.abort());
  const startedAt = performance.now();
  const talk = {
    ...terminalTalk(),
    ...(flags.progress && flags.quiet !== true && { progress: progressOn(writesStdout(plan)) }),
  };
  const outcome = await onDisk(() => replayJob(plan, talk, ending.signal));
  const seconds = (performance.now() - startedAt) / 1000;
  return await concluded(outcome, plan, flags, seconds, signals.code());
}

async function concluded(
  { result, damagedPlaces }: ReplayOutcome,
  { way, config }: ReplayPlan,
  { stats, limit, quiet }: ReplayFlags,
  seconds: number,
  signalCode: number | undefined,
): Promise<number> {
  // Whoever closed the pipe has read enough.
  if (result.endedBy === 'closed') return EXIT.ok;
  if (stats === 'json') writeStderr(summaryJson(result, seconds, whyEnded(result, { limit, signalCode })));
  else if (quiet !== true) writeStderr(summaryText(result, seconds));
  // With one output, only events of unknown pipelines are unrouted, and these are reported by name.
  if (stats === 'text' && way.kind === 'to-outputs') writeStderr(unroutedText(result));
  if (signalCode !== undefined) return signalCode;
  const code = exitCodeOf(result, await wayOn(pauseOf(result), config, AGAIN));
  return damagedPlaces > 0 ? EXIT.dataError : code;
}

function refuseWithoutLetters(way: ReplayPlan['way']): void {
  if (way.kind === 'raw' || way.pipelines.some(({ deadLetter }) => deadLetter !== undefined)) return;
  const hint = 'add dead_letter: ./out/dead.ndjson to it';
  throw new UserError('no pipeline keeps its dead letters in a file', EXIT.usage, hint);
}

function writesStdout({ way }: ReplayPlan): boolean {
  return way.kind !== 'to-outputs' && isStdout(way.output);
}
