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

/** The routing key of events beyond the rate. */
const THROTTLED = 'throttled';

const schema = (f: SchemaVocabulary) =>
  f.section({
    throttle: f
      .text('a rate like 100/1m', (text) => rateOf(text) !== undefined)
      .describe('At most this many events pass in this time, by the time of the events: 100/1m.'),
    by: f
      .script()
      .optional()
      .describe('Each value of this script has a rate of its own. Default: all events share one.'),
    ...timeFields(f),
    burst: f.integer(1).optional().describe('This many may pass at once. Default: the number of the rate.'),
    mark: f
      .flag()
      .prefault(false)
      .describe(`Let the other events go on, with the routing key ${THROTTLED}, whatever the pipeline says.`),
    max_keys: f
      .integer(1)
      .prefault(KEYS_MAX_DEFAULT)
      .describe('At most this many values of by are known at a time. The oldest are forgotten first, and counted.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface ThrottlePlan extends StagePlan {
  readonly rate: string;
  readonly by?: ScriptPlan;
  /** The time of an event; default: its timestamp. */
  readonly time?: TimePlan;
  readonly burst?: number;
  readonly mark: boolean;
  readonly maxKeys: number;
}

/** Passes only a limited number of events per unit of time. */
export const throttle: AcrossKind<Settings, ThrottlePlan> = {
  kind: 'throttle',
  schema,
  scripts: [['by'], ['time']],
  keys: [['by']],
  across: 'state',
  goesByArrival: ({ time }) => time === undefined,
  problems: ({ entries }) => timeProblems(entries, []),
  async plan({ throttle: rate, burst, mark, max_keys: maxKeys, name, ...written }, make) {
    const by = written.by === undefined ? undefined : await make.script(['by']);
    const time = await planTime(written, make, []);
    return {
      kind: 'throttle',
      name: name ?? `throttle-${make.place}`,
      rate,
      ...(by && { by }),
      ...time,
      ...(burst !== undefined && { burst }),
      mark,
      maxKeys,
    };
  },
  routingKeys({ entries }) {
    const mark = entries?.get('mark')?.node.value;
    return mark === true || mark === 'true' ? [THROTTLED] : [];
  },
  shape: (data: Shape) => data,
  meaning: ({ rate, by, time, burst, mark }) => [rate, by && scriptMeaning(by), timeMeaning(time), burst, mark],
  bounds: ({ maxKeys }) => [maxKeys],
  compile,
};

interface Rate {
  readonly events: number;
  readonly ms: number;
}

function rateOf(text: string): Rate | undefined {
  const [, events, time = ''] = /^([1-9][0-9]{0,14})\s*\/\s*(.+)$/.exec(text.trim()) ?? [];
  const ms = parseDuration(/^[a-z]/.test(time) ? `1${time}` : time);
  return events === undefined || ms === undefined || ms < 1 ? undefined : { events: Number(events), ms };
}

/** A token bucket: it fills steadily, and each event takes one token. */
interface Bucket {
  /** May be a fraction. */
  readonly tokens: number;
  /** When it was last filled, in milliseconds since the epoch. */
  readonly time: number;
}

const BUCKET: Codec<Bucket> = {
  toJson: ({ tokens, time }) => [tokens, time],
  fromJson(json) {
    const [tokens, time] = json as readonly [number, number];
    return { tokens, time };
  },
};

interface Prepared {
  readonly key: string;
  /** The time of the event. */
  readonly at: number;
}

function compile(plan: ThrottlePlan, { state, scripts: context }: AcrossParts): AcrossStage {
  const { name, mark, maxKeys } = plan;
  const rate = rateOf(plan.rate) ?? { events: 1, ms: 1 };
  const burst = plan.burst ?? rate.events;
  const by = plan.by && compileScript(plan.by, name, context);
  const time = compileTime(plan.time, name, context);
  const buckets = state('buckets', BUCKET);

  return {
    name,
    needsContext: by?.needsContext === true || time.needsContext,
    prepare: (event): Prepared => ({
      key: by === undefined ? '' : keyText(by.run(event.data, event.context)),
      at: time.of(event),
    }),
    take(event, prepared, flow) {
      const { key, at } = prepared as Prepared;
      const before = buckets.get(key) ?? { tokens: burst, time: at };
      // A clock that was set back adds no tokens.
      const passed = Math.max(0, at - before.time);
      const tokens = Math.min(burst, before.tokens + (passed * rate.events) / rate.ms);
      const isFree = tokens >= 1;
      buckets.renew(key, { tokens: isFree ? tokens - 1 : tokens, time: Math.max(before.time, at) });
      if (isFree) flow.pass(event);
      else if (mark) flow.pass({ ...event, key: THROTTLED });
      else flow.filter();
    },
    settle: (flow) => flow.forget(buckets.limit(maxKeys)),
  };
}
