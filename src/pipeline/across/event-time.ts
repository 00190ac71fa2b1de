import type { Json } from 'computo-js';
import type { ScriptPlan } from '../../config/index.js';
import type { KeyPath, SchemaVocabulary, SettingProblem, StageMaker } from '../../config/kinds/index.js';
import type { SourceNode } from '../../config/source/index.js';
import { isInSeconds, parseMoment } from '../../config/units/index.js';
import { EventFailure } from '../failure.js';
import { compileScript, type ScriptContext } from '../stages/script.js';
import { scriptMeaning } from '../stages/kind.js';
import type { Passing } from './across-stage.js';

/** Determines the time of events. */
export interface EventTime {
  readonly needsContext: boolean;
  /** Milliseconds since the epoch. @throws EventFailure */
  of(event: Passing): number;
}

/** The config keys of a stage's section that set the time of events. */
export function timeFields(f: SchemaVocabulary) {
  return {
    time: f
      .script()
      .optional()
      .describe('The time of an event: milliseconds since the epoch, or ISO 8601. Default: its timestamp.'),
    ahead: f
      .duration(0)
      .optional()
      .describe(
        'With time: an event whose time is more than this much later than its timestamp fails, because all others would be too late. Default: 1d.',
      ),
  };
}

/**
 * Finds problems with {@link timeFields}.
 *
 * @param entries of the section that has them
 * @param path of that section
 * @param needless why no time is needed; undefined: it is
 */
export function timeProblems(
  entries: SourceNode['entries'],
  path: KeyPath,
  needless?: string,
): readonly SettingProblem[] {
  if (entries?.has('time') === true)
    return needless === undefined ? [] : [{ path: [...path, 'time'], message: needless }];
  return entries?.has('ahead') === true ? [{ path: [...path, 'ahead'], message: 'ahead needs time' }] : [];
}

/** How to determine the time of events. */
export interface TimePlan {
  readonly script: ScriptPlan;
  /** How much later than its timestamp the time of an event may be. In milliseconds. */
  readonly ahead: number;
}

const AHEAD_DEFAULT = 24 * 3_600_000;

/** Plans {@link timeFields}. @param path of the section that has them */
export async function planTime(
  { time, ahead = AHEAD_DEFAULT }: { readonly time?: unknown; readonly ahead?: number | undefined },
  make: StageMaker,
  path: KeyPath,
): Promise<{ readonly time?: TimePlan }> {
  const script = time === undefined ? undefined : await make.script([...path, 'time']);
  return script === undefined ? {} : { time: { script, ahead } };
}

/** What shapes the results of a stage that uses this time. */
export function timeMeaning(time: TimePlan | undefined): unknown {
  return time && [scriptMeaning(time.script), time.ahead];
}

/**
 * Returns the time of events from a script, or their timestamps.
 *
 * @param time undefined: the timestamps
 * @param stage the stage that needs the time
 * @throws ComputoError when the script can't be compiled
 */
export function compileTime(time: TimePlan | undefined, stage: string, context: ScriptContext): EventTime {
  if (time === undefined) return { needsContext: false, of: ({ arrival }) => arrival.timestamp };
  const script = compileScript(time.script, stage, context);
  return {
    needsContext: script.needsContext,
    of: ({ data, context: ofEvent, arrival }) => timeOf(script.run(data, ofEvent), time, stage, arrival.timestamp),
  };
}

/** The maximum distance of a date from the epoch, in milliseconds. */
const TIME_MAX = 8.64e15;

/**
 * Converts a time from a script: milliseconds since the epoch, or ISO 8601.
 *
 * @param stage the stage that needs the time
 * @param timestamp of the event
 * @param room milliseconds that must still fit after it
 * @throws EventFailure
 */
export function timeOf(value: Json, { ahead }: TimePlan, stage: string, timestamp: number, room = 0): number {
  const time = momentOf(value);
  if (time === undefined || Math.abs(time) > TIME_MAX - room) {
    const isSeconds = typeof value === 'number' && isInSeconds(String(value));
    const asText = typeof value === 'string' ? ': time.parse with a format reads other texts' : '';
    const hint = isSeconds ? `, and ${value} seems to be in seconds: multiply it by 1000` : asText;
    const message = `time must be milliseconds since the epoch, or a text like 2026-01-02T03:04:05Z${hint}`;
    throw new EventFailure('invalid_argument', message, stage);
  }
  if (time - timestamp > ahead) {
    const message = `the time ${new Date(time).toISOString()} is too far ahead of when the event came: all others would be too late; ahead says how far it may be`;
    throw new EventFailure('invalid_argument', message, stage);
  }
  return time;
}

function momentOf(value: Json): number | undefined {
  if (typeof value === 'number') return isInSeconds(String(value)) ? undefined : value;
  const read = typeof value === 'string' ? parseMoment(value, Number.NaN) : undefined;
  return Number.isNaN(read) ? undefined : read;
}
