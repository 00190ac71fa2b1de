import { relative } from 'node:path';
import type { BatchesOutcome } from '../../jobs/batches/index.js';
import { isStdout } from '../../jobs/outputs/index.js';
import { run as runJob, type RunOutcome } from '../../jobs/run/index.js';
import type { BlockRunResult, TraceOf } from '../../pipeline/index.js';
import { exitCodeOf, pauseOf, whyEnded } from '../exit/ending.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { onSignals, type Signals } from '../terminal/signals.js';
import { grouped } from '../terminal/grouped.js';
import { writeStderr } from '../terminal/stderr.js';
import { terminalTalk } from '../terminal/talk.js';
import type { RunFlags } from './flags.js';
import type { RunCommand } from './plan.js';
import { progressOn } from './reporter.js';
import { resolveRun } from './resolve.js';
import { failedBeforeText, finishedText, forgottenText, summaryJson, summaryText, unroutedText } from './summary.js';
import { wayOn } from './way-on.js';

const BACK = 'run the same command again to get the answers; colloquium journal batches lists the batches';

const UNSTRICT = 'mend that event; without --strict (or on_error: stop in the config) it becomes a dead letter';

/** More failed events than this on stderr drown what else is said there. On a terminal none of them is shown whole. */
const TOLD_MAX = process.stderr.isTTY ? 0 : 10;

/**
 * `colloquium run`: from flags to exit code.
 *
 * @param typed the command line, without the program's name
 */
export async function run(files: readonly string[], flags: RunFlags, typed: readonly string[]): Promise<number> {
  const plan = await resolveRun(files, flags, typed);
  if (plan.warnings.length > 0) (await import('../terminal/print-diagnostics.js')).printDiagnostics(plan.warnings);
  for (const hint of plan.hints) writeStderr(`colloquium: ${hint}\n`);
  if (plan.dryRun === undefined) return await runPlan(plan);
  const { dryRun } = await import('./dry-run/dry-run.js');
  return await dryRun(plan, plan.dryRun.sample);
}

async function runPlan(plan: RunCommand): Promise<number> {
  const ending = new AbortController();
  let signals: Signals | undefined;
  let asked = plan;
  let before: BatchesOutcome['made'];
  const aiReporter = plan.ai && plan.progress ? (await import('./ai-status.js')).aiStatusReporter : undefined;
  try {
    if (plan.ai?.batches !== undefined) {
      const { answerInBatches } = await import('../../jobs/batches/index.js');
      signals = onSignals(() => ending.abort());
      const { notice } = terminalTalk();
      const { left, spent, failed, made } = await answerInBatches(plan, {
        notice,
        ending: ending.signal,
        progress: plan.progress,
      });
      const code = signals.code();
      if (failed !== undefined && code === undefined)
        throw new UserError(`stopped before anything was written: ${failed}`, EXIT.someFailed, UNSTRICT);
      if (left > 0 || code !== undefined) {
        writeStderr(`colloquium: nothing was written; ${BACK}\n`);
        return code ?? EXIT.stopped;
      }
      signals.ignore();
      before = made;
      asked = { ...plan, ai: { ...plan.ai, spent } };
    }
    const outcome = await runJob(asked, {
      ...terminalTalk(),
      ...(plan.progress && { progress: progressOn(plan.outputs.some(isStdout), aiReporter) }),
      traceOf: await traceOf(plan),
      ending() {
        signals = onSignals(() => ending.abort());
        return ending.signal;
      },
    });
    return await concluded(plan, outcome, before, signals?.code());
  } finally {
    signals?.ignore();
  }
}

async function concluded(
  plan: RunCommand,
  outcome: RunOutcome,
  before: BatchesOutcome['made'],
  signalCode: number | undefined,
): Promise<number> {
  const { result, seconds, finishedBefore } = outcome;
  // Whoever closed the pipe has read enough: a summary would only disturb.
  if (result.endedBy === 'closed') return EXIT.ok;
  const words = outcome.ai && (await import('./ai-summary.js'));
  const ai = outcome.ai && words?.aiSummary(outcome.ai, before);
  const isFree = outcome.ai !== undefined && words?.costNothing(outcome.ai) === true;
  const way = await wayOn(pauseOf(result), plan.ai?.config, howToContinue(plan, outcome.ai?.answered, isFree));
  if (plan.stats === 'text')
    writeStderr(finishedBefore === undefined ? summaryText(result, seconds, ai) : finishedText(finishedBefore));
  if (finishedBefore !== undefined) {
    const { deadLetters, ai } = plan;
    const file = deadLetters.kind === 'file' ? relative(process.cwd(), deadLetters.path) : undefined;
    writeStderr(failedBeforeText(finishedBefore, file, ai !== undefined));
  }
  if (plan.stats !== 'json') {
    if (plan.deadLetters.kind === 'stderr' && result.counts.deadLettered > TOLD_MAX) {
      writeStderr('  hint: --dead-letter FILE keeps failed events in a file of their own, whole, with their data\n');
    }
    writeStderr(unroutedText(result) + forgottenText(result, plan.pipeline.stages));
  }
  if (signalCode !== undefined && (plan.resume ?? plan.ai) !== undefined) writeStderr(`  ${way}\n`);
  const hadFailed = finishedBefore !== undefined && finishedBefore.failed > 0;
  if (plan.stats !== 'json') return signalCode ?? (hadFailed ? EXIT.someFailed : exitCodeOf(result, way));
  // A program reads the last line, whatever else is to be said.
  const code = signalCode ?? (hadFailed ? EXIT.someFailed : await exitCodeTold(result, way));
  writeStderr(summaryJson(result, seconds, whyEnded(result, { limit: plan.limit, signalCode }), ai));
  return code;
}

/** Like {@link exitCodeOf}, but reports the error instead of throwing it. */
async function exitCodeTold(result: BlockRunResult, way: string): Promise<number> {
  try {
    return exitCodeOf(result, way);
  } catch (error) {
    return await (await import('../report/report-error.js')).reportError(error);
  }
}

/**
 * @param paid answers of this run
 * @param isFree whether nothing was paid for, by this run or those before it
 */
function howToContinue({ resume }: RunCommand, paid = 0, isFree = false): string {
  const answers = paid === 1 ? 'the 1 answer' : `all ${grouped(paid)} answers`;
  const before = isFree ? 'nothing was paid for' : 'what was paid for is kept';
  const kept =
    paid === 0
      ? before
      : `${answers} of this run ${paid === 1 ? 'is' : 'are'} kept, also where the row is not written yet`;
  return resume
    ? `${paid === 0 ? '' : `${kept}; `}continue with: ${resume.command}`
    : `${kept}: run the same command again`;
}

/** Returns a listener for every script whose calls are to be traced. */
async function traceOf({ traced }: RunCommand): Promise<TraceOf | undefined> {
  if (traced === undefined) return undefined;
  const { traceTo } = await import('./trace.js');
  return (script) => {
    const source = traced.get(script);
    return source && traceTo(writeStderr, source);
  };
}
