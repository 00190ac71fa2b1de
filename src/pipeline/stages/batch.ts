import { arrayShape, type Json } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage, Arrival, Flow } from '../across/across-stage.js';
import { ARRIVAL, lasting } from '../across/arrival.js';
import { keyText } from '../across/key-text.js';
import { AS_JSON, type Codec } from '../across/state-table.js';
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
              'A batch is closed when an event comes that is so much younger than its first, by their timestamps.',
            ),
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
            .describe('So many batches are open at a time. The oldest is closed first.'),
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
  readonly bytes: number;
  readonly by?: ScriptPlan;
  readonly maxKeys: number;
}

/** Makes one event of several. When that fails, each of them has failed. */
export const batch: AcrossKind<Settings, BatchPlan> = {
  kind: 'batch',
  schema,
  scripts: [['batch', 'by']],
  keys: [['batch', 'by']],
  across: 'state',
  takesLetters: true,
  goesByArrival: ({ within }) => within !== undefined,
  async plan({ batch: { size, within, bytes, by: written, max_keys: maxKeys }, name }, make) {
    const by = written === undefined ? undefined : await make.script(['batch', 'by']);
    if (written !== undefined && by === undefined) return undefined;
    return {
      kind: 'batch',
      name: name ?? `batch-${make.place}`,
      size,
      ...(within !== undefined && { within }),
      bytes,
      ...(by && { by }),
      maxKeys,
    };
  },
  shape: (data) => arrayShape(data),
  meaning: ({ size, within, bytes, by, maxKeys }) => [size, within, bytes, by && scriptMeaning(by), maxKeys],
  compile,
};

interface Open {
  readonly members: Arrival[];
  readonly data: Json[];
  bytes: number;
  /** The timestamp of its first event, milliseconds since the epoch. */
  readonly begun: number;
}

const OPEN: Codec<Open> = {
  toJson: ({ members, data, bytes, begun }) => [members.map(ARRIVAL.toJson), data, bytes, begun],
  fromJson(json) {
    const [members, data, bytes, begun] = json as unknown as readonly [Json[], Json[], number, number];
    return { members: members.map(ARRIVAL.fromJson), data: [...data], bytes, begun };
  },
};

interface Prepared {
  readonly key: string;
  /** Of the data as JSON text, in characters. */
  readonly length: number;
}

/** The key under which the newest timestamp stands. */
const NEWEST = '';

function compile(plan: BatchPlan, { state, scripts: context }: AcrossParts): AcrossStage {
  const { name, size, within, bytes: bytesMax, maxKeys } = plan;
  const by = plan.by && compileScript(plan.by, name, context);
  const open = state('open', OPEN);
  const newest = state('newest', AS_JSON);

  const close = (key: string, { members, data }: Open, flow: Flow): void => {
    open.delete(key);
    const last = members.at(-1);
    if (last === undefined) return;
    // Of the parts of an event there is one arrival.
    const apart = [...new Map(members.map((member) => [member.origin.id, member])).values()];
    flow.make({ data, of: members.length, last, members: apart });
  };

  const closeDue = (now: number, flow: Flow): void => {
    for (let oldest = open.oldest(); oldest !== undefined; oldest = open.oldest()) {
      const [key, one] = oldest;
      if (within === undefined || now - one.begun < within) break;
      close(key, one, flow);
    }
  };

  return {
    name,
    needsContext: by?.needsContext === true,
    keepsArrivals: true,
    prepare: ({ data, context }): Prepared => ({
      key: by === undefined ? '' : keyText(by.run(data, context)),
      length: textOf(data, name).length,
    }),
    take({ arrival, data }, prepared, flow) {
      const { key, length } = prepared as Prepared;
      const { timestamp } = arrival;
      if (within !== undefined) {
        const before = newest.get(NEWEST);
        const now = Math.max(timestamp, typeof before === 'number' ? before : 0);
        newest.put(NEWEST, now);
        closeDue(now, flow);
      }
      const one: Open = open.get(key) ?? { members: [], data: [], bytes: 0, begun: timestamp };
      one.members.push(lasting(arrival));
      one.data.push(data);
      one.bytes += length;
      open.put(key, one);
      flow.keep();
      if (one.members.length >= size || one.bytes >= bytesMax) close(key, one, flow);
      const oldest = open.size > maxKeys ? open.oldest() : undefined;
      if (oldest !== undefined) close(...oldest, flow);
    },
    end(flow) {
      for (const [key, one] of [...open]) close(key, one, flow);
    },
  };
}
