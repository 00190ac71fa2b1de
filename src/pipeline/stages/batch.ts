import { arrayShape, type Json } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage, Arrival, Flow, Made } from '../across/across-stage.js';
import { ARRIVAL, lasting } from '../across/arrival.js';
import { compileTime, planTime, timeFields, timeMeaning, timeProblems, type TimePlan } from '../across/event-time.js';
import { keyText } from '../across/key-text.js';
import { StageTime } from '../across/stage-time.js';
import type { Codec } from '../across/state-table.js';
import { textOf } from '../text-of.js';
import { scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';

const SIZE_MAX = 100_000;
const BYTES_DEFAULT = 16 << 20;
const OPEN_MAX_DEFAULT = 1000;

const schema = (f: SchemaVocabulary) =>
  f.section({
    batch: f
      .section(
        {
          size: f.integer(1, SIZE_MAX).prefault(100).describe('Events of a batch at most.'),
          within: f
            .duration(1)
            .optional()
            .describe(
              'A batch is closed when this much time has passed since its first event, by the time of the events.',
            ),
          ...timeFields(f),
          bytes: f
            .size(1)
            .prefault(BYTES_DEFAULT)
            .describe('A batch is closed when its data is as long as this, as JSON.'),
          by: f
            .script()
            .optional()
            .describe('Each value of this script has batches of its own. Default: all events share them.'),
          max_keys: f
            .integer(1)
            .prefault(OPEN_MAX_DEFAULT)
            .describe('Batches open at a time, at most. The oldest is closed first.'),
        },
        'a map of settings such as { size: 20 }',
      )
      .describe('Makes one event of several: its data is the list of their data.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface BatchPlan extends StagePlan {
  readonly size: number;
  /** Milliseconds. */
  readonly within?: number;
  /** The time of an event; default: its timestamp. */
  readonly time?: TimePlan;
  readonly bytes: number;
  readonly by?: ScriptPlan;
  readonly maxKeys: number;
}

/** Makes one event of several. If that event fails, each of them has failed. */
export const batch: AcrossKind<Settings, BatchPlan> = {
  kind: 'batch',
  schema,
  scripts: [
    ['batch', 'by'],
    ['batch', 'time'],
  ],
  keys: [['batch', 'by']],
  across: 'state',
  takesLetters: true,
  goesByArrival: ({ within, time }) => within !== undefined && time === undefined,
  waitsForTime: ({ within }) => within !== undefined,
  problems({ entries }) {
    const settings = entries?.get('batch')?.node.entries;
    const needless =
      settings?.has('within') === true ? undefined : 'time needs within: no batch waits for time without it';
    return timeProblems(settings, ['batch'], needless);
  },
  async plan({ batch: { size, within, bytes, max_keys: maxKeys, ...written }, name }, make) {
    const by = written.by === undefined ? undefined : await make.script(['batch', 'by']);
    const time = await planTime(written, make, ['batch']);
    return {
      kind: 'batch',
      name: name ?? `batch-${make.place}`,
      size,
      ...(within !== undefined && { within }),
      bytes,
      ...(by && { by }),
      ...time,
      maxKeys,
    };
  },
  shape: (data) => arrayShape(data),
  meaning: ({ size, within, time, bytes, by }) => [size, within, timeMeaning(time), bytes, by && scriptMeaning(by)],
  bounds: ({ maxKeys }) => [maxKeys],
  compile,
};

interface Open {
  readonly members: Arrival[];
  /** Which part of its event the last member is. */
  lastPart: string;
  readonly data: Json[];
  bytes: number;
  /** The time of its first event, milliseconds since the epoch. */
  readonly begun: number;
}

const OPEN: Codec<Open> = {
  toJson: ({ members, lastPart, data, bytes, begun }) => [members.map(ARRIVAL.toJson), lastPart, data, bytes, begun],
  fromJson(json) {
    const [members, lastPart, data, bytes, begun] = json as unknown as readonly [
      Json[],
      string,
      Json[],
      number,
      number,
    ];
    return { members: members.map(ARRIVAL.fromJson), lastPart, data: [...data], bytes, begun };
  },
};

interface Prepared {
  readonly key: string;
  /** The length of the data as JSON text, in characters. */
  readonly length: number;
  /** The time of the event. */
  readonly at: number;
}

function compile(plan: BatchPlan, { state, scripts: context }: AcrossParts): AcrossStage {
  const { name, size, within, bytes: bytesMax, maxKeys } = plan;
  const by = plan.by && compileScript(plan.by, name, context);
  const open = state('open', OPEN);
  const eventTime = compileTime(plan.time, name, context);
  const now = new StageTime(state, plan.time === undefined);

  const close = (key: string, one: Open, flow: Flow): void => {
    open.delete(key);
    for (const made of madeOf(one)) flow.make(made);
  };

  function* closeAll(): Generator<Made> {
    for (const [key, one] of [...open]) {
      open.delete(key);
      yield* madeOf(one);
    }
  }

  const closeDue = (flow: Flow): void => {
    for (let oldest = open.oldest(); oldest !== undefined; oldest = open.oldest()) {
      const [key, one] = oldest;
      if (within === undefined || now.now - one.begun < within) break;
      close(key, one, flow);
    }
  };

  return {
    name,
    needsContext: by?.needsContext === true || eventTime.needsContext,
    keepsArrivals: true,
    prepare: (event): Prepared => ({
      key: by === undefined ? '' : keyText(by.run(event.data, event.context)),
      length: textOf(event.data, name).length,
      at: within === undefined ? 0 : eventTime.of(event),
    }),
    take({ arrival, data, part }, prepared, flow) {
      const { key, length, at } = prepared as Prepared;
      if (within !== undefined) {
        now.note(at, arrival.timestamp);
        closeDue(flow);
      }
      const one: Open = open.get(key) ?? { members: [], lastPart: part, data: [], bytes: 0, begun: at };
      one.members.push(lasting(arrival));
      one.lastPart = part;
      one.data.push(data);
      one.bytes += length;
      open.put(key, one);
      flow.keep();
      if (one.members.length >= size || one.bytes >= bytesMax) close(key, one, flow);
      // There may be several if the bound was lowered since.
      while (open.size > maxKeys) {
        const oldest = open.oldest();
        if (oldest !== undefined) close(...oldest, flow);
      }
    },
    tick(tick, flow) {
      now.tick(tick);
      closeDue(flow);
    },
    nextTick() {
      const oldest = within === undefined ? undefined : open.oldest();
      return oldest && now.tickAt(oldest[1].begun + (within ?? 0));
    },
    end: (flow) => flow.makeAll(closeAll()),
  };
}

/** Empty if the batch has no members. */
function madeOf({ members, lastPart, data }: Open): readonly Made[] {
  const last = members.at(-1);
  if (last === undefined) return [];
  // All parts of an event share one arrival.
  const apart = [...new Map(members.map((member) => [member.origin.id, member])).values()];
  return [{ data, of: members.length, last, part: lastPart, members: apart }];
}
