import { basename, extname } from 'node:path';
import type { Json } from 'computo-js';
import { currentOrigin, onBehalfOf } from '../../ai/rehearsal/index.js';
import type { LoadedConfig, OutputPlan, OutputTake, PipelinePlan } from '../../config/index.js';
import { useSection } from '../../config/index.js';
import { contextOf, readStoredEvent } from '../../event/index.js';
import { parseJson, stringifyJson } from '../../json/index.js';
import {
  drive,
  decidingColumns,
  chooseExecutor,
  leavesColumnsOpen,
  outputChooser,
  singleLines,
  type AiCalls,
  type BlockOptions,
  type OpenExecutor,
} from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import { outputKinds, takeOf } from '../../sinks/kinds/index.js';
import { openSource, type Block } from '../../sources/index.js';
import { formatOfName } from '../../sources/formats/index.js';
import { withoutPacking } from '../../files/index.js';
import { onThisThread } from '../ai/ai-engines.js';
import type { Rehearsal } from '../ai/open-client.js';
import { openEngines } from '../engines/engines.js';
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
  /** The most US dollars that it may cost, as decimal text. */
  readonly maxCost?: string | undefined;
  /** Whether answers of the journal count as none. */
  readonly live: boolean;
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
  const { config, pipeline, rehearsal, ending, maxCost, live, problems } = options;
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
      live,
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
    const { world } = rehearsal;
    const result = await drive({
      executor,
      blocks: singleLines(blocksOf(options, lineBytesMax, reading.signal)),
      sinks: {
        outputs: [finished, ...takes.map(() => nowhere)],
        deadLetters,
        files: [],
        close: () => Promise.resolve(),
      },
      now: () => world.now(),
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
      breakers: new Map(engines.ai?.providers().map(({ name, breaker }) => [name, breaker.kind])),
      problems,
    };
  } finally {
    await engines.close();
  }
}

/** The name of an output in a test: of a file its name without ending, else what kind it is; numbered where that is taken. */
export function outputNames(outputs: readonly OutputPlan[]): readonly string[] {
  const names: string[] = [];
  for (const output of outputs) {
    const kind = outputKinds.of(output);
    const path = kind.to === 'file' ? basename(withoutPacking(kind.fileOf(output).file)) : undefined;
    const name =
      path === undefined
        ? kind.to === 'nats'
          ? kind.subjectOf(output)
          : kind.kind
        : path.slice(0, path.length - extname(path).length);
    const same = names.filter((other) => other === name || other.startsWith(`${name}#`)).length;
    names.push(same === 0 ? name : `${name}#${same + 1}`);
  }
  return names;
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
            () => call.send(event),
          ),
      };
    },
  };
}

async function* blocksOf({ input }: ObserveOptions, lineBytesMax: number, signal: AbortSignal): AsyncGenerator<Block> {
  if ('file' in input) {
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

const nowhere: Sink = { name: 'nowhere', write: () => Promise.resolve(), close: () => Promise.resolve() };
