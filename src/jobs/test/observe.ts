import type { Json, JsonObject } from 'computo-js';
import { currentOrigin, onBehalfOf } from '../../ai/rehearsal/index.js';
import type { LoadedConfig, OutputPlan, OutputTake, PipelinePlan } from '../../config/index.js';
import { useSection } from '../../config/index.js';
import { contextOf, eventId, readStoredEvent } from '../../event/index.js';
import { parseJson, stringifyJson } from '../../json/index.js';
import {
  drive,
  decidingColumns,
  chooseExecutor,
  leavesColumnsOpen,
  outputChooser,
  singleLines,
  type AiCalls,
  type AiOutcome,
  type BlockOptions,
  type OpenExecutor,
} from '../../pipeline/index.js';
import { nowhere, type Sink } from '../../sinks/index.js';
import { takeOf } from '../../sinks/kinds/index.js';
import { openSource, refuseSealedPath, type Block } from '../../sources/index.js';
import { formatOfName } from '../../sources/formats/index.js';
import { onThisThread } from '../ai/ai-engines.js';
import type { Rehearsal } from '../ai/open-client.js';
import { openEngines } from '../engines/engines.js';
import { outputNames } from '../outputs/output-names.js';
import type { FinishedEvent, Observed } from './observed.js';
import type { Problem } from './result.js';

/** The name of inline events as a source. */
const INLINE = 'test';

/** One pass of events through a pipeline, in memory. */
export interface ObserveOptions {
  readonly config: LoadedConfig;
  readonly pipeline: PipelinePlan;
  readonly input: { readonly rows: readonly Json[] } | { readonly file: string };
  readonly rehearsal: Rehearsal;
  /** When all events come in, in milliseconds since the epoch: however long calls take, timestamps and ids are the same. */
  readonly now: number;
  /** The most US dollars that it may cost, as decimal text. */
  readonly maxCost?: string | undefined;
  /** Aborted when it is to end early. */
  readonly ending: AbortSignal;
  /** Problems that stand-ins report while it runs. */
  readonly problems: readonly Problem[];
  readonly onNotice: (message: string) => void;
}

/**
 * Sends events through a pipeline as `run` would, on this thread, and takes what comes out into memory. Writes no output.
 *
 * @throws SourceError, ConfigError, ComputoError
 */
export async function observe(options: ObserveOptions): Promise<Observed> {
  const { config, pipeline, rehearsal, ending, maxCost, problems } = options;
  const configured = pipeline.outputs ?? [];
  // What tables refuse is a failed event here, too. Files by key are of no interest.
  const takes = configured.map((output): OutputTake => {
    const { envelope, when, otherwise, format, columns } = takeOf(output);
    return {
      envelope,
      ...(when && { when }),
      ...(otherwise && { otherwise }),
      ...(format !== undefined && { format }),
      ...(columns && { columns }),
    };
  });
  const outputs: readonly OutputTake[] = [{ envelope: true }, ...takes];
  const spec = { ...pipeline, outputs };
  const { max_line_size: lineBytesMax, max_depth: depthMax } = useSection(config, 'processing');
  const block: Omit<BlockOptions, 'pipeline'> = { strict: false, depthMax, lineBytesMax, rawMax: lineBytesMax * 2 };
  const engines = await openEngines(
    {
      config,
      live: false,
      rehearsal,
      ...(maxCost !== undefined && { maxCost }),
      pipelines: [{ spec, block, budget: pipeline.budget }],
      plain: (whole) => chooseExecutor(whole, { threads: 1, atOnce: false, inputBytes: undefined }),
      calling: (events) => byRow(onThisThread({ ...events, calls: named(events.calls) })),
    },
    options.onNotice,
  );
  try {
    const engine = engines.engineOf({ spec, block, budget: pipeline.budget });
    const finished = memorySink('finished events');
    const deadLetters = memorySink('dead letters');
    const executor = leavesColumnsOpen(outputs) ? decidingColumns(engine.open(), outputs) : engine.open();
    const reading = new AbortController();
    ending.addEventListener('abort', () => {
      reading.abort();
      engines.drain();
    });
    const result = await drive({
      executor,
      blocks: singleLines(blocksOf(options, lineBytesMax, reading.signal)),
      sinks: {
        outputs: [finished, ...takes.map(() => nowhere)],
        deadLetters,
        files: [],
        close: () => Promise.resolve(),
      },
      now: () => options.now,
      newId: idsInOrder(),
      stopReading: () => reading.abort(),
      isAtEnd: () => !ending.aborted,
    });
    if (result.endedBy === 'error') throw result.error;
    const status = await engines.ai?.status(pipeline.name);
    const events = finished.lines().map(eventOf);
    return {
      result,
      events: events.map(({ event }) => event),
      outputs: routed(configured, events),
      deadLetters: deadLetters.lines().map((line) => parseJson(line, depthMax)),
      calls: status === undefined ? 0 : status.answered + status.failed,
      attempts: status?.sent ?? 0,
      spent: status?.spent ?? 0n,
      unpriced: status?.totals.unpriced ?? 0,
      breakers: new Map(engines.ai?.providers().map(({ name, breaker }) => [name, breaker.kind])),
      problems,
    };
  } finally {
    await engines.close();
  }
}

function routed(outputs: readonly OutputPlan[], events: readonly RoutedEvent[]): Observed['outputs'] {
  const taken = new Map<string, FinishedEvent[]>(outputNames(outputs).map((name) => [name, []]));
  const lists = [...taken.values()];
  const outputsFor = outputChooser(outputs);
  for (const { event, key } of events) for (const index of outputsFor(key)) lists[index]?.push(event);
  return taken;
}

interface RoutedEvent {
  readonly event: FinishedEvent;
  readonly key: string | undefined;
}

function eventOf(line: string): RoutedEvent {
  const stored = readStoredEvent(line);
  if (stored === undefined) throw new Error('a finished event has no envelope');
  const { origin } = stored;
  return {
    event: { id: origin.id, data: parseJson(stored.data, Infinity), context: contextOf(origin) },
    key: origin.routingKey,
  };
}

/** Every request of a line's calls has the line as its origin. */
function byRow(executor: OpenExecutor): OpenExecutor {
  let row = 0;
  return {
    ...executor,
    get width() {
      return executor.width;
    },
    submit(block, meta) {
      row += 1;
      return onBehalfOf({ row, data: dataIn(block) }, () => executor.submit(block, meta));
    },
    ...(executor.end && {
      end: (meta) => onBehalfOf({ row, data: null }, () => executor.end?.(meta) ?? Promise.reject(new Error('no end'))),
    }),
  };
}

function dataIn(block: Block): Json {
  if (block.kind !== 'lines') return null;
  try {
    return parseJson(block.bytes.toString());
  } catch {
    return null;
  }
}

/** Ids that are the same in each run: of several events of one line, the number tells them apart. */
function idsInOrder(): (timestamp: number, counter: number) => string {
  const made = new Map<number, number>();
  return (timestamp, counter) => {
    const earlier = made.get(counter) ?? 0;
    made.set(counter, earlier + 1);
    return eventId(timestamp, counter, earlier.toString(16).padStart(10, '0'));
  };
}

/** How long an answer took is no property of the pipeline: it would differ between a recording and its replay. */
function untimed(outcome: AiOutcome): AiOutcome {
  if (outcome.kind === 'paused' || outcome.took === undefined) return outcome;
  const took = { ...outcome.took, latency_ms: 0 };
  if (outcome.kind === 'failed') return { ...outcome, took };
  return { ...outcome, took, answer: withoutLatency(outcome.answer), original: withoutLatency(outcome.original) };
}

function withoutLatency(answer: Json): Json {
  return { ...(answer as JsonObject), latency_ms: 0 };
}

/** Every request has its stage, and what its script asks, as its origin. */
function named(calls: AiCalls): AiCalls {
  return {
    prepare(stage, request, tags) {
      const call = calls.prepare(stage, request, tags);
      return {
        ...call,
        send: (event) =>
          onBehalfOf(
            {
              ...currentOrigin(),
              stage: stage.name,
              request,
              ...(stage.model !== undefined && { model: stage.model }),
              ...(stage.embedding && { wantsVector: true }),
            },
            async () => untimed(await call.send(event)),
          ),
      };
    },
  };
}

async function* blocksOf({ input }: ObserveOptions, lineBytesMax: number, signal: AbortSignal): AsyncGenerator<Block> {
  if ('file' in input) {
    refuseSealedPath(input.file);
    const format = formatOfName(input.file);
    yield* openSource(input.file, { lineBytesMax, follow: false, format, onNotice: () => undefined }).blocks(signal);
    return;
  }
  await Promise.resolve();
  let startsFile = true;
  for (const row of input.rows) {
    if (signal.aborted) return;
    const bytes = Buffer.from(`${stringifyJson(row)}\n`);
    const kind = 'lines';
    yield { kind, bytes, source: INLINE, startsFile };
    startsFile = false;
  }
}

interface MemorySink extends Sink {
  lines(): readonly string[];
}

function memorySink(name: string): MemorySink {
  const chunks: Buffer[] = [];
  return {
    name,
    write(lines) {
      chunks.push(Buffer.from(lines));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    lines: () =>
      Buffer.concat(chunks)
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
  };
}
