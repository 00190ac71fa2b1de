import type { KeyRing } from '../../crypt/index.js';
import { idOfLine, pipelineOfLine } from '../../event/index.js';
import { keepsState, RunPaused } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { openEngines, type Engines } from '../engines/engines.js';
import { JobError } from '../job-error.js';
import { startReplay, type OpenReplay } from '../replay/open-replay.js';
import { storedBlocks } from '../replay/stored-blocks.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { PersonTalk } from '../talk.js';
import { compareResults, DiffTally, type DiffSummary, type EventDiff, type SideResult } from './compare.js';
import { filesOfWhole, pastResults } from './past-results.js';
import type { DiffPlan } from './plan.js';
import { namedLike, namedOutputs, type NamedOutput } from './routes.js';
import { resultOf } from './side.js';

/** Events whose results are awaited at a time. */
const AT_ONCE = 32;
/** Ids that are made are of no interest: each event has its own. */
const COUNTER_PER_EVENT = 2 ** 20;

export interface DiffOutcomes {
  readonly summary: DiffSummary;
  readonly damagedPlaces: number;
  /** Why it stopped before all events were compared; the events before are in the summary. */
  readonly stopped: RunPaused | undefined;
}

/**
 * Compares what stored events become now with what they became, event by event. Writes no output.
 *
 * @param onEvent called with each event, in the order of the log
 * @throws LogError, SourceError, ConfigError, JobError
 */
export async function diff(
  plan: DiffPlan,
  talk: PersonTalk,
  signal: AbortSignal,
  onEvent: (event: EventDiff) => Promise<void>,
): Promise<DiffOutcomes> {
  const { replay } = plan;
  const { way } = replay;
  refuseState(plan);
  if (plan.before.kind === 'outputs' && way.through === 'one') way.pipelines.forEach(filesOfWhole);
  const underWay = await startReplay(replay, talk, signal);
  const newSides = way.pipelines.map((one) => ({ name: one.spec.name, plan: one, outputs: namedOutputs(one.outputs) }));
  const now = await openSide(plan, replay.config, newSides, talk);
  signal.addEventListener('abort', () => now.engines.drain());
  try {
    const old = await openBefore(plan, underWay.world.disk.keys, talk, signal);
    try {
      const tally = new DiffTally();
      const stopped = await compareAll(underWay, plan, { now: now.resultOf, before: old.resultOf }, async (event) => {
        tally.add(event);
        await onEvent(event);
      });
      return { summary: tally.summary(), damagedPlaces: underWay.damagedPlaces(), stopped };
    } finally {
      await old.close();
    }
  } finally {
    await now.close();
  }
}

/** @throws JobError for a pipeline whose results are not those of single events */
export function refuseState({ replay: { way }, before }: DiffPlan): void {
  const others = before.kind === 'pipelines' ? [...before.pipelines.values()] : [];
  for (const { spec } of [...way.pipelines, ...others]) {
    const stage = spec.stages.find(keepsState);
    if (stage === undefined) continue;
    throw new JobError(
      `pipeline ${spec.name}: its stage ${stage.name} looks across events, so that no result is that of one event`,
      'refused',
      'name other pipelines with -p',
    );
  }
}

type ResultOf = (pipeline: string, block: Block, meta: Parameters<typeof resultOf>[3]) => Promise<SideResult>;

interface OpenSide {
  readonly engines: Pick<Engines, 'drain'>;
  readonly resultOf: ResultOf;
  close(): Promise<void>;
}

interface SidePipeline {
  /** The name of the new side's pipeline. */
  readonly name: string;
  readonly plan: PipelineServePlan;
  readonly outputs: readonly NamedOutput[];
}

async function openSide(
  { replay: { live, maxCost } }: DiffPlan,
  config: DiffPlan['replay']['config'],
  sides: readonly SidePipeline[],
  talk: PersonTalk,
): Promise<OpenSide> {
  const pipelines = [...new Set(sides.map(({ plan }) => plan))];
  const engines = await openEngines(
    { config, live, ...(maxCost !== undefined && { maxCost }), pipelines },
    talk.notice,
  );
  const executors = new Map(pipelines.map((plan) => [plan, engines.engineOf(plan).open()]));
  const byName = new Map(sides.map((side) => [side.name, side]));
  return {
    engines,
    async resultOf(pipeline, block, meta) {
      const side = byName.get(pipeline);
      const executor = side && executors.get(side.plan);
      if (executor === undefined) return { kind: 'out', parts: [] };
      return await resultOf(executor, side?.outputs ?? [], block, meta);
    },
    async close() {
      await Promise.all([...executors.values()].map((one) => one.close()));
      await engines.close();
    },
  };
}

async function openBefore(
  plan: DiffPlan,
  keys: KeyRing | undefined,
  talk: PersonTalk,
  signal: AbortSignal,
): Promise<OpenSide> {
  const { before, replay } = plan;
  if (before.kind === 'pipelines') {
    const sides = replay.way.pipelines.flatMap(({ spec: { name }, outputs }): SidePipeline[] => {
      const old = before.pipelines.get(name);
      return old === undefined ? [] : [{ name, plan: old, outputs: namedLike(old.outputs, outputs) }];
    });
    const side = await openSide(plan, before.config, sides, talk);
    signal.addEventListener('abort', () => side.engines.drain());
    return side;
  }
  const pipelines = new Map(replay.way.pipelines.map((pipeline) => [pipeline.spec.name, pipeline]));
  /** Read when the first event needs them: a pipeline without events needs none. */
  const past = new Map<string, ReturnType<typeof pastResults>>();
  const pastOf = (name: string, pipeline: PipelineServePlan): ReturnType<typeof pastResults> => {
    const found = past.get(name) ?? pastResults(pipeline, keys, replay.choice, signal, talk.notice);
    past.set(name, found);
    return found;
  };
  return {
    engines: { drain: () => undefined },
    async resultOf(name, block) {
      const pipeline = pipelines.get(name);
      const id = block.kind === 'lines' ? idOfLine(block.bytes, 0) : undefined;
      if (pipeline === undefined || id === undefined) return { kind: 'out', parts: [] };
      return (await pastOf(name, pipeline))(id);
    },
    close: () => Promise.resolve(),
  };
}

/** @returns what stopped it before the end; undefined: nothing */
async function compareAll(
  underWay: OpenReplay,
  plan: DiffPlan,
  sides: { readonly now: ResultOf; readonly before: ResultOf },
  onEvent: (event: EventDiff) => Promise<void>,
): Promise<RunPaused | undefined> {
  const waiting: Promise<EventDiff>[] = [];
  const take = async (): Promise<void> => {
    const event = await waiting.shift();
    if (event !== undefined) await onEvent(event);
  };
  let counter = 0;
  try {
    for await (const { block, pipeline } of chosenEvents(underWay, plan)) {
      counter += COUNTER_PER_EVENT;
      const compared = compareOne(block, pipeline, counter, sides);
      // It is awaited when its turn comes.
      compared.catch(() => undefined);
      waiting.push(compared);
      if (waiting.length >= AT_ONCE) await take();
    }
    while (waiting.length > 0) await take();
    return undefined;
  } catch (error) {
    underWay.stopReading();
    await Promise.allSettled(waiting);
    if (error instanceof RunPaused) return error;
    throw error;
  }
}

async function compareOne(
  block: Extract<Block, { kind: 'lines' }>,
  pipeline: string,
  counter: number,
  sides: { readonly now: ResultOf; readonly before: ResultOf },
): Promise<EventDiff> {
  const id = idOfLine(block.bytes, 0) ?? '';
  const meta = { source: block.source, timestamp: Date.now(), counter };
  // A block's memory has one owner.
  const copy = { ...block, bytes: Buffer.from(block.bytes), recycle: undefined };
  const [now, before] = await Promise.all([sides.now(pipeline, block, meta), sides.before(pipeline, copy, meta)]);
  return { id, pipeline, ...compareResults(before, now) };
}

interface ChosenEvent {
  readonly block: Extract<Block, { kind: 'lines' }>;
  readonly pipeline: string;
}

/** The events to compare: of the pipelines of the plan, at most `limit`, and of these a sample. */
export async function* chosenEvents(
  underWay: OpenReplay,
  { replay, before, sample }: DiffPlan,
): AsyncGenerator<ChosenEvent> {
  const { way, limit = Infinity } = replay;
  const [only] = way.pipelines;
  const names = new Set(way.pipelines.map(({ spec }) => spec.name));
  const all = async function* (): AsyncGenerator<ChosenEvent> {
    const pipelineOf = pipelineOfLine();
    let count = 0;
    for await (const block of storedBlocks(underWay, { singleLines: true })) {
      if (count >= limit) return;
      if (block.kind !== 'lines' || block.bytes.length === 0) continue;
      const sentTo = pipelineOf(block.bytes, 0, block.bytes.length);
      // What a pipeline's outputs hold is only of the events that were sent to it.
      const pipeline = way.through === 'one' && before.kind !== 'outputs' ? only?.spec.name : sentTo;
      if (pipeline === undefined || !names.has(pipeline)) continue;
      count += 1;
      yield { block, pipeline };
    }
  };
  if (sample === undefined) {
    yield* all();
    return;
  }
  let total = 0;
  for (const counted = all(); (await counted.next()).done !== true;) total += 1;
  const step = Math.max(1, total / Math.max(1, sample));
  let [index, taken] = [0, 0];
  for await (const event of all()) {
    if (taken < sample && index >= Math.floor(taken * step)) {
      taken += 1;
      yield event;
    }
    index += 1;
  }
}
