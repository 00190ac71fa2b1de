import type { StagePlan } from '../../config/index.js';
import { forgetsAt, type BlockRunResult } from '../../pipeline/index.js';
import type { FinishedBefore } from '../../jobs/run/index.js';
import type { WhyEnded } from '../exit/ending.js';
import { grouped } from '../terminal/grouped.js';
import type { AiSummary } from './ai-summary.js';

/** The closing line for a person: how many events came in, and what happened to them. Parts that are zero are left out. */
export function summaryText(result: BlockRunResult, seconds: number, ai?: AiSummary): string {
  const { input, openBefore, made, output, filtered, skipped, unrouted, deadLettered, merged, open } = result.counts;
  const parts = [`${grouped(input)} in`];
  if (openBefore > 0) parts.push(`${grouped(openBefore)} open before`);
  if (made !== 0) parts.push(`${grouped(made)} made`);
  parts.push(`${grouped(output)} out`);
  if (filtered > 0) parts.push(`${grouped(filtered)} filtered`);
  if (skipped > 0) parts.push(`${grouped(skipped)} skipped`);
  if (unrouted > 0) parts.push(`${grouped(unrouted)} unrouted`);
  if (deadLettered > 0) parts.push(`${grouped(deadLettered)} dead-lettered`);
  if (merged > 0) parts.push(`${grouped(merged)} merged`);
  if (open > 0) parts.push(`${grouped(open)} open`);
  const why = result.endedBy === 'failure' ? '; stopped at the first failed event' : '';
  return `colloquium: ${parts.join(', ')} (${seconds.toFixed(1)} s)${why}\n${ai?.text ?? ''}`;
}

/** A hint about events that no output took. */
export function unroutedText({ counts: { unrouted } }: BlockRunResult): string {
  if (unrouted === 0) return '';
  const events =
    unrouted === 1
      ? '1 event is lost: no output takes its'
      : `${grouped(unrouted)} events are lost: no output takes their`;
  return `  hint: ${events} routing key; an output with \`otherwise: true\` takes what no other takes\n`;
}

/** What stages had to forget, and which setting to raise. @param stages of the result's pipeline */
export function forgottenText({ stages: counts = [] }: BlockRunResult, stages: readonly StagePlan[]): string {
  return stages
    .map((stage) => {
      const forgotten = counts.find((one) => one.stage === stage.name)?.forgotten ?? 0;
      if (forgotten === 0) return '';
      const setting = forgetsAt(stage);
      return `  hint: ${stage.name} had to forget ${grouped(forgotten)} of the values that it knew: with a greater ${setting} in the config it keeps more\n`;
    })
    .join('');
}

/** The closing line of a run that found nothing new. */
export function finishedText({ lines }: FinishedBefore): string {
  return `colloquium: already finished: ${grouped(lines)} ${lines === 1 ? 'line' : 'lines'}\n`;
}

/**
 * What a finished run has left behind, and the ways out.
 *
 * @param letters the file of its dead letters, if they go to one
 * @param asksAi whether --restart asks for answers, which come from the journal where they are there
 */
export function failedBeforeText({ failed }: FinishedBefore, letters: string | undefined, asksAi: boolean): string {
  if (failed === 0) return '';
  const events = failed === 1 ? '1 event' : `${grouped(failed)} events`;
  const again = `--restart does everything again${asksAi ? ', and pays for no answer a second time' : ''}`;
  const only =
    letters === undefined
      ? ''
      : `; what failed alone goes through again with colloquium -e /event/data ${letters} | colloquium …, with the same flags, but another -o and --dead-letter`;
  return `  hint: ${events} failed or went to no output, and --resume leaves that so: ${again}${only}\n`;
}

/**
 * The same for a program, as one JSON line. `input` is the sum of the five numbers that follow it; if a stage looks across
 * events, `input + open_before + made` is the sum of the others, and `stages` says the same of each stage. `lines` is present if
 * not every line is an event, because of blank lines, headers, or records of several lines.
 */
export function summaryJson(result: BlockRunResult, seconds: number, endedBy: WhyEnded, ai?: AiSummary): string {
  const { input, openBefore, made, output, filtered, skipped, unrouted, deadLettered, merged, open } = result.counts;
  const { stages } = result;
  const counts = {
    ...(result.lines !== input && { lines: result.lines }),
    input,
    ...(stages && { open_before: openBefore, made }),
    output,
    filtered,
    skipped,
    unrouted,
    dead_lettered: deadLettered,
    ...(stages && { merged, open, stages: stages.map(stageJson) }),
  };
  const run = { bytes: result.bytes, seconds: Number(seconds.toFixed(3)), ended_by: endedBy };
  return `${JSON.stringify({ ...counts, ...run, ...(ai && { ai: ai.json }) })}\n`;
}

function stageJson({ stage, in: came, openBefore, ...rest }: NonNullable<BlockRunResult['stages']>[number]): object {
  return { stage, in: came, open_before: openBefore, ...rest };
}
