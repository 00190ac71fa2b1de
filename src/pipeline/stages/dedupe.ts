import type { Shape } from 'computo-js';
import { parseDuration } from '../../config/units/index.js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import { compileTime, planTime, timeFields, timeMeaning, timeProblems, type TimePlan } from '../across/event-time.js';
import { keyText } from '../across/key-text.js';
import type { Codec } from '../across/state-table.js';
import { KEYS_MAX_DEFAULT, scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    dedupe: f
      .script()
      .describe('A script such as /id. Of the events for which it gives the same value, the first goes on.'),
    within: f
      .text('a duration like 1h, or a number of events like 1000 events', (text) => spanOf(text) !== undefined)
      .optional()
      .describe(
        'How long a value is known: for a duration after the event that went on, by the time of the events, or for this many events after any that had it (1 event: the first of consecutive equal events passes). Default: as long as there is room.',
      ),
    ...timeFields(f),
    max_keys: f
      .integer(1)
      .prefault(KEYS_MAX_DEFAULT)
      .describe('At most this many values are known at a time. The oldest are forgotten first, and counted.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface DedupePlan extends StagePlan {
  readonly key: ScriptPlan;
  readonly within?: string;
  /** The time of an event; default: its timestamp. */
  readonly time?: TimePlan;
  readonly maxKeys: number;
}

/** Passes the first of equal events. */
export const dedupe: AcrossKind<Settings, DedupePlan> = {
  kind: 'dedupe',
  schema,
  scripts: [['dedupe'], ['time']],
  keys: [['dedupe']],
  across: 'state',
  takesLetters: true,
  goesByArrival: ({ within, time }) => time === undefined && isDuration(within),
  problems({ entries }) {
    const within = entries?.get('within')?.node.value;
    // The value of an environment variable is not known here.
    const mayBeTimed = typeof within === 'string' && (within.includes('${') || isDuration(within));
    return timeProblems(entries, [], mayBeTimed ? undefined : 'time needs within with a duration, such as within: 1h');
  },
  async plan({ within, max_keys: maxKeys, name, ...written }, make) {
    const key = await make.script(['dedupe']);
    const time = await planTime(written, make, []);
    const window = within === undefined ? {} : { within };
    return key && dedupeOf({ name: name ?? `dedupe-${make.place}`, key, ...window, ...time, maxKeys });
  },
  shape: (data: Shape) => data,
  meaning: ({ key, within, time }) => [scriptMeaning(key), within, timeMeaning(time)],
  bounds: ({ maxKeys }) => [maxKeys],
  compile,
};

/** Plans a dedupe stage, with defaults for what is not given. */
export function dedupeOf(plan: Pick<DedupePlan, 'name' | 'key'> & Partial<Omit<DedupePlan, 'kind'>>): DedupePlan {
  return { kind: 'dedupe', maxKeys: KEYS_MAX_DEFAULT, ...plan };
}

/** How long a key is remembered. */
type Span = { readonly ms: number } | { readonly events: number };

function spanOf(text: string): Span | undefined {
  const events = /^([1-9][0-9]{0,14})\s*events?$/.exec(text.trim())?.[1];
  if (events !== undefined) return { events: Number(events) };
  const ms = parseDuration(text);
  return ms === undefined ? undefined : { ms };
}

function isDuration(within: string | undefined): boolean {
  const span = within === undefined ? undefined : spanOf(within);
  return span !== undefined && 'ms' in span;
}

/** When a key was seen: by the time of the event, and by the number of events so far. */
interface Seen {
  readonly time: number;
  readonly number: number;
}

const SEEN: Codec<Seen> = {
  toJson: ({ time, number }) => [time, number],
  fromJson(json) {
    const [time, number] = json as readonly [number, number];
    return { time, number };
  },
};

interface Prepared {
  readonly value: string;
  /** The time of the event. */
  readonly at: number;
}

/** The key of the stage's progress: how many events were seen, and the newest time. */
const ALL = '';

function compile(
  { name, key: script, within, time: timeScript, maxKeys }: DedupePlan,
  { state, scripts: context }: AcrossParts,
): AcrossStage {
  const key = compileScript(script, name, context);
  const time = compileTime(timeScript, name, context);
  const span = within === undefined ? undefined : spanOf(within);
  const countsEvents = span !== undefined && 'events' in span;
  const known = state('keys', SEEN);
  const progress = state('progress', SEEN);

  const isOld = (seen: Seen, now: Seen): boolean => {
    if (span === undefined) return false;
    return 'ms' in span ? now.time - seen.time >= span.ms : now.number - seen.number > span.events;
  };

  return {
    name,
    needsContext: key.needsContext || time.needsContext,
    prepare: (event): Prepared => ({ value: keyText(key.run(event.data, event.context)), at: time.of(event) }),
    take(event, prepared, flow) {
      const { value, at } = prepared as Prepared;
      const before = progress.get(ALL) ?? { time: 0, number: 0 };
      const now = { time: Math.max(before.time, at), number: before.number + 1 };
      progress.set(ALL, now);
      const seen = known.get(value);
      const isKnown = seen !== undefined && !isOld(seen, now);
      // A span in events counts all events that came, not only those that were passed.
      if (!isKnown || countsEvents) known.renew(value, now);
      if (isKnown) flow.filter();
      else flow.pass(event);
    },
    settle(flow) {
      const now = progress.get(ALL);
      for (let oldest = known.oldest(); oldest !== undefined; oldest = known.oldest()) {
        const [value, seen] = oldest;
        if (now === undefined || !isOld(seen, now)) break;
        known.delete(value);
      }
      flow.forget(known.limit(maxKeys));
    },
  };
}
