import { loadConfig, resolvePipeline, type PipelinePlan } from '../../../src/config/index.js';
import { tickRecord } from '../../../src/event/index.js';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import type { StateChanges } from '../../../src/pipeline/index.js';
import { acrossProcessor, type AcrossProcessor } from '../../../src/pipeline/across/across-processor.js';
import type { BlockResult, ResultAtOnce } from '../../../src/pipeline/batch.js';
import { mergeResults } from '../../../src/pipeline/merge-results.js';
import { folderWith } from '../../config/folder.js';

/** An event as it is stored: its timestamp in milliseconds, and its data, or {@link TICK}. */
export type Stored = readonly [timestamp: number, data: unknown];

/** Stands for the data of a tick, which is no event. */
export const TICK = Symbol('tick');
/** The same at the start of a daemon. */
export const START = Symbol('start');

const LIMITS = {
  strict: false,
  depthMax: 100,
  lineBytesMax: 1 << 20,
  rawMax: 1 << 20,
};

/** A pipeline of these stages, each as it stands in a config, in YAML. */
export async function pipelineOf(stages: readonly string[], more = ''): Promise<PipelinePlan> {
  const lines = stages.map((stage) => `      - ${stage}\n`).join('');
  const folder = await folderWith({
    'colloquium.yaml': `pipelines:\n  default:\n    stages:\n${lines}${more}`,
  });
  const config = await loadConfig({
    kinds: KINDS,
    cwd: folder,
    env: {},
    home: folder,
  });
  if (config === undefined) throw new Error('no config was found');
  return (await resolvePipeline(config, 'default')).plan;
}

export interface RunOptions {
  readonly parseWhole?: boolean;
  readonly envelope?: boolean;
  readonly onError?: PipelinePlan['onError'];
  readonly strict?: boolean;
}

export function open(
  pipeline: PipelinePlan,
  { parseWhole = false, envelope = false, onError, strict = false }: RunOptions = {},
): AcrossProcessor {
  const spec = {
    ...pipeline,
    outputs: [{ envelope }],
    ...(onError && { onError }),
  };
  return acrossProcessor({
    ...LIMITS,
    strict,
    pipeline: spec,
    input: 'envelope',
    parseWhole,
  });
}

/** The lines of stored events. Their ids are their places. */
export function linesOf(events: readonly Stored[], from = 0): Buffer {
  const lines = events.map(([timestamp, data], at) => {
    const id = idOf(from + at);
    const tick = tickRecord('default', { isStart: data === START });
    return data === TICK || data === START
      ? `{"id":"${id}","timestamp":${timestamp},"data":${tick.data},"metadata":${tick.metadata}}`
      : JSON.stringify({ id, timestamp, data, metadata: { source: 's', pipeline: 'default', retry_count: 0 } });
  });
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

export function idOf(at: number): string {
  return `0197f6ff-0e80-7000-8000-${String(at).padStart(12, '0')}`;
}

export const META = { source: 's', timestamp: 1, counter: 0 };

export function feed(process: AcrossProcessor, events: readonly Stored[], from = 0): ResultAtOnce {
  return process({ kind: 'lines', bytes: linesOf(events, from) }, META);
}

/** A state as the next process reads it. */
export function throughJson(state: StateChanges): StateChanges {
  return JSON.parse(JSON.stringify(state)) as StateChanges;
}

export interface Letter {
  readonly id: string;
  readonly data: unknown;
  readonly kind: string;
  readonly message: string;
}

export interface Seen {
  readonly out: readonly unknown[];
  readonly text: string;
  readonly counts: BlockResult['counts'];
  readonly stages: NonNullable<BlockResult['stages']>;
  readonly letters: readonly Letter[];
  readonly stopped: boolean;
}

export function seenIn(results: readonly BlockResult[]): Seen {
  const { outputs, counts, stages = [], deadLetters, stopped } = mergeResults(results);
  const text = outputs[0]?.toString() ?? '';
  const letters = deadLetters.map(({ head }) => {
    const { error, event } = JSON.parse(`${head}0}`) as {
      readonly error: { readonly kind: string; readonly message: string };
      readonly event: { readonly id: string; readonly data: unknown };
    };
    return {
      id: event.id,
      data: event.data,
      kind: error.kind,
      message: error.message,
    };
  });
  const out = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
  return { out, text, counts, stages, letters, stopped };
}

/** What comes of these events, in one block, up to the end of the input. */
export async function outcome(
  stages: readonly string[],
  events: readonly Stored[],
  options?: RunOptions,
): Promise<Seen> {
  const process = open(await pipelineOf(stages), options);
  return seenIn([feed(process, events), process.end(META)]);
}

/** The same for events that need no timestamps of their own. */
export function outcomeOf(stages: readonly string[], data: readonly unknown[], options?: RunOptions): Promise<Seen> {
  return outcome(
    stages,
    data.map((one) => [1_800_000_000_000, one]),
    options,
  );
}

export function end(process: AcrossProcessor): ResultAtOnce {
  return process.end(META);
}
