import type { Json } from 'computo-js';
import { groupOf } from '../files/names/index.js';
import { contextOf, envelopeText, eventId, type StoredOrigin } from '../event/index.js';
import { stringifyJson } from '../json/index.js';
import type { StageCounts } from './across/stage-counts.js';
import type { StateChanges } from './across/state-table.js';
import { noCounts, type Counts } from './counts.js';
import { deadLetterHead, type DeadLetter, type Remains } from './dead-letter.js';
import { FailureCounts, type FailureCount } from './failure-counts.js';
import { EventFailure } from './failure.js';
import { GroupedLines } from './grouped-lines.js';
import type { Observation } from './observation.js';
import { FormattedOutputs, type OutputColumns, type OutputFormats } from './output-formats.js';
import { OutputLines } from './output-lines.js';
import type { Routing } from './pipeline.js';
import { FILTERED } from './stages/index.js';
import type { OnErrorPlan, OutputTake } from '../config/index.js';
import type { LineGroup } from '../sinks/index.js';
import type { Block } from '../sources/index.js';
import { FINISHED, type Tap, type TapPoint } from './tap.js';
import { textOf } from './text-of.js';

/** What a block's events share. */
export interface BlockMeta {
  readonly source: string;
  /** Of ingestion, milliseconds since the epoch. */
  readonly timestamp: number;
  /** The id counter of the block's first line; each line takes the next. */
  readonly counter: number;
  /** Its lines were decoded from another format, and may stand for records that could not be read. */
  readonly decoded?: boolean | undefined;
  /** The columns of the outputs that name none, as far as the events of earlier blocks have decided them. */
  readonly columns?: OutputColumns | undefined;
  /** Whoever wants to see the events on their way. */
  readonly tap?: Tap | undefined;
  /** Of a block of one line: which of the events that its stages make are to fail, because work on them came to no end. */
  readonly givenUp?: readonly GivenUp[];
}

/** What is shared by a block's events, with what the block itself says of them. */
export function metaOfBlock(block: Block, shared: BlockMeta): BlockMeta {
  return block.kind === 'lines' && block.decoded === true ? { ...shared, decoded: true } : shared;
}

export interface GivenUp {
  /** From 1, in their order. */
  readonly made: number;
  readonly reason: string;
}

export interface BlockResult {
  /** Input lines gone through, blank ones too. */
  readonly lines: number;
  readonly counts: Counts;
  /** For each output of the pipeline its finished lines. */
  readonly outputs: readonly Buffer[];
  /** By the number of an output that has a file per key: how its lines are divided among the files. */
  readonly groups?: ReadonlyMap<number, readonly LineGroup[]>;
  readonly deadLetters: readonly DeadLetter[];
  readonly failures: readonly FailureCount[];
  /** The ways of those events that were watched. */
  readonly observations: readonly Observation[];
  /** Of a pipeline with stages that look across events: what became of the events of each stage. */
  readonly stages?: readonly StageCounts[];
  /** What has changed of the state of its stages, where that is kept. */
  readonly changes?: StateChanges;
  /** The timestamp of the first tick that would let go what its stages keep; undefined: nothing waits for time. */
  readonly nextTick?: number;
  /** Where outputs name no columns: what is decided of them behind the block. */
  readonly columns?: OutputColumns | undefined;
  /** An event failed and the run must end here; the block's later lines were not looked at. */
  readonly stopped: boolean;
  /** This is a piece of what came of the block: gives the next one. Whoever gets it must take all. */
  readonly rest?: () => BlockResult | Promise<BlockResult>;
}

/** What is made on the spot. */
export interface ResultAtOnce extends BlockResult {
  readonly rest?: () => ResultAtOnce;
}

/** What holds for all batches of a run. */
export interface BatchOptions {
  /** The pipeline's name, as events carry it. */
  readonly name: string;
  readonly pipeline: Routing;
  readonly outputs: readonly OutputTake[];
  readonly formats: OutputFormats;
  readonly onError: OnErrorPlan;
  /** The first failed event ends the run, whatever `onError` says. */
  readonly strict: boolean;
  /** What a dead letter keeps of a broken line at most. */
  readonly rawMax: number;
  /** Told of each line before it is worked on, from 0, and of the number behind the last one. */
  readonly onLine?: ((line: number) => void) | undefined;
}

/** An event at its end: the numbers of the outputs that take it, and for each its line. */
export interface Finished {
  readonly targets: readonly number[];
  readonly lines: readonly string[];
  /** Its routing key. */
  readonly key: string | undefined;
}

/** Collects what becomes of the events of one block: each ends here exactly once, as output, filtered or failed. */
export class Batch {
  readonly counts = noCounts();
  stopped = false;
  /** There is so much of it that it is to be taken, as a {@link piece}, before the next line is looked at. */
  isFull = false;
  lastFailure: EventFailure | undefined;
  /** Of the event in the line, when it is a stored one: else its origin is its place in the input. */
  stored: StoredOrigin | undefined;
  #deadLetters: DeadLetter[] = [];
  #failures = new FailureCounts();
  #observations: Observation[] = [];
  readonly #writesEnvelopes: boolean;
  /** Undefined: all outputs write lines of JSON. */
  readonly #formatted: FormattedOutputs | undefined;
  /** Of the outputs that have a file per key, by number. */
  #grouped: Map<number, GroupedLines> | undefined;
  #line = 0;
  #length = 0;

  constructor(
    private readonly settings: BatchOptions,
    private readonly meta: BlockMeta,
    private readonly outputs: readonly OutputLines[] = settings.outputs.map(() => new OutputLines()),
  ) {
    this.#writesEnvelopes = settings.outputs.some(({ envelope }) => envelope);
    this.#formatted = settings.formats && new FormattedOutputs(settings.formats, meta.columns);
  }

  /** The name of the pipeline. */
  get pipeline(): string {
    return this.settings.name;
  }

  /** The stage behind which the line's event goes on. Another pipeline takes it as an event like others. */
  get afterStage(): string | undefined {
    return this.stored?.pipeline === this.pipeline ? this.stored.afterStage : undefined;
  }

  /** See {@link BlockMeta.decoded}. */
  get isDecoded(): boolean {
    return this.meta.decoded === true;
  }

  /** The line that is being worked on, from 0. */
  get line(): number {
    return this.#line;
  }

  set line(line: number) {
    this.#line = line;
    this.settings.onLine?.(line);
  }

  /** Why an event that is made here is to fail, see {@link BlockMeta.givenUp}; undefined: it is not. */
  givenUp(made: number): string | undefined {
    return this.meta.givenUp?.find((one) => one.made === made)?.reason;
  }

  /** Whether no further line is to be looked at now. */
  get isOver(): boolean {
    return this.stopped || this.isFull;
  }

  /** How long its finished events and dead letters are, about. Characters. */
  get length(): number {
    return this.#length;
  }

  /** The finished lines of an output, to add to. */
  linesOf(output: number): OutputLines | undefined {
    return this.outputs[output];
  }

  /** The id of the line's event. For a new event every call makes another: ask once. */
  newId(): string {
    if (this.stored !== undefined) return this.stored.id;
    return eventId(this.meta.timestamp, this.meta.counter + this.line);
  }

  /** Of the line's event, milliseconds since the epoch. */
  get timestamp(): number {
    return this.stored?.timestamp ?? this.meta.timestamp;
  }

  /** The origin of the line's event, with an id of its own. */
  newOrigin(): StoredOrigin {
    return { ...this.#origin(), id: this.newId() };
  }

  /** What scripts see as `$inputs/1`. */
  contextOf(id: string): Json {
    return contextOf({ ...this.#origin(), id });
  }

  /**
   * The event is finished: writes it to every output that takes it.
   *
   * @param served the routing key where the pipeline sets none: who served the event
   * @throws EventFailure when it has no usable routing key or can't be printed
   */
  emit(data: Json, context: Json, id: string | undefined, served?: string): void {
    this.write(this.finish(data, context, id, served));
  }

  /**
   * As {@link emit}, and nothing is written or counted yet.
   *
   * @param marked the routing key that a stage has set, whatever the pipeline says
   */
  finish(data: Json, context: Json, id: string | undefined, served?: string, marked?: string): Finished {
    const { pipeline, outputs } = this.settings;
    const key = marked ?? pipeline.routingKey(data, context) ?? served ?? this.stored?.routingKey;
    const targets = pipeline.outputsFor(key);
    this.#show(FINISHED, data, key, id);
    if (targets.length === 0) return { targets, lines: [], key };
    const formatted = targets.map((target) => this.#formatted?.write(target, data));
    const text = formatted.every((line) => line !== undefined) ? '' : textOf(data, 'output');
    const whole = this.#writesEnvelopes ? this.#envelope(id ?? this.newId(), text, key) : text;
    const lines = targets.map((target, at) => formatted[at] ?? (outputs[target]?.envelope === true ? whole : text));
    return { targets, lines, key };
  }

  write({ targets, lines, key }: Finished): void {
    const { outputs } = this.settings;
    for (let at = 0; at < targets.length; at++) {
      const target = targets[at] ?? 0;
      const line = lines[at] ?? '';
      this.#length += line.length;
      const filesBy = outputs[target]?.filesBy;
      if (filesBy === undefined) this.outputs[target]?.add(line);
      else this.#linesOfGroups(target).add(groupOf(filesBy, key, this.timestamp), line);
    }
    if (targets.length === 0) this.counts.unrouted += 1;
    else this.counts.output += 1;
  }

  /** Whether anybody wants to see the events on their way. */
  get isTapped(): boolean {
    return this.meta.tap !== undefined;
  }

  /**
   * A stored event leaves a stage, unless it was filtered or failed: whoever taps there gets to see it.
   *
   * @param id of a part of it, or of what was made of several; undefined: its own
   */
  emitTap(stage: string, data: Json | typeof FILTERED | undefined, id?: string): void {
    if (data !== undefined && data !== FILTERED) this.#show(stage, data, undefined, id);
  }

  /**
   * The event failed: `on_error` says what becomes of it.
   *
   * @param text the event's data as it came in
   * @param line the event's, where the batch may have gone on since
   */
  failEvent(failure: EventFailure, id: string | undefined, text: string, line = this.line): void {
    const { afterStage } = this.#origin();
    this.fail(failure, { envelope: this.#envelope(id ?? this.newId(), text.trim(), undefined, afterStage) }, line);
  }

  /** The line failed to become an event. */
  fail(failure: EventFailure, remains: Remains, line = this.line): void {
    const { onError, strict } = this.settings;
    this.lastFailure = failure;
    this.#failures.add(failure);
    if (strict || onError.kind === 'stop') {
      this.stopped = true;
      this.#bury(failure, remains, line);
    } else if (onError.kind === 'skip') {
      this.counts.skipped += 1;
    } else if (onError.kind === 'default') {
      this.#emitInstead(onError.data, remains, line);
    } else {
      this.#bury(failure, remains, line);
    }
  }

  /** Does something for an event that is not the line's, but has an origin of its own. */
  as<T>(origin: StoredOrigin, act: () => T): T {
    const { stored } = this;
    this.stored = origin;
    try {
      return act();
    } finally {
      this.stored = stored;
    }
  }

  /** An event was watched to its end. */
  observed(observation: Observation): void {
    this.#observations.push(observation);
  }

  /** What there is up to now. The rest is still to come. */
  piece(): ResultAtOnce {
    const result = { ...this.result(), lines: 0, counts: { ...this.counts }, stopped: false };
    Object.assign(this.counts, noCounts());
    this.#deadLetters = [];
    this.#failures = new FailureCounts();
    this.#observations = [];
    this.#grouped = undefined;
    this.#length = 0;
    this.isFull = false;
    return result;
  }

  result(): ResultAtOnce {
    const { line, counts, stopped } = this;
    const outputs = this.outputs.map((one) => one.take());
    const groups = this.#grouped && this.#takeGroups(this.#grouped, outputs);
    const failures = this.#failures.list();
    const observations = this.#observations;
    const columns = this.#formatted?.decided;
    return {
      lines: line,
      counts,
      outputs,
      ...(groups && { groups }),
      deadLetters: this.#deadLetters,
      failures,
      observations,
      ...(columns && { columns }),
      stopped,
    };
  }

  #linesOfGroups(output: number): GroupedLines {
    this.#grouped ??= new Map();
    const lines = this.#grouped.get(output) ?? new GroupedLines();
    this.#grouped.set(output, lines);
    return lines;
  }

  /** @param outputs are given the lines */
  #takeGroups(grouped: ReadonlyMap<number, GroupedLines>, outputs: Buffer[]): NonNullable<BlockResult['groups']> {
    const taken = [...grouped].map(([output, one]) => [output, one.take()] as const);
    for (const [output, { lines }] of taken) outputs[output] = lines;
    return new Map(taken.map(([output, { groups }]) => [output, groups]));
  }

  #emitInstead(data: Json, remains: Remains, line: number): void {
    const id = this.newId();
    try {
      this.emit(data, this.contextOf(id), id);
    } catch (error) {
      if (!(error instanceof EventFailure)) throw error;
      this.#bury(error, remains, line);
    }
  }

  #bury(failure: EventFailure, remains: Remains, line: number): void {
    const head = deadLetterHead(failure, remains, this.#origin().source, this.settings.rawMax);
    this.#length += head.length;
    // A stored event's line in the log says nothing: its id finds it.
    const { stored } = this;
    this.#deadLetters.push({ head, lineInBlock: stored === undefined ? line : undefined, line: stored?.refused?.line });
    this.counts.deadLettered += 1;
  }

  #show(point: TapPoint, data: Json, key: string | undefined, id: string | undefined): void {
    this.meta.tap?.see(point, () => {
      try {
        return this.#envelope(id ?? this.newId(), stringifyJson(data), key);
      } catch {
        // Deeper than can be printed: whether that is a failure is not for an onlooker to say.
        return undefined;
      }
    });
  }

  #envelope(id: string, text: string, key: string | undefined, afterStage?: string): string {
    const { source, pipeline, retryCount, timestamp, routingKey } = this.#origin();
    return envelopeText(id, timestamp, text, {
      source,
      pipeline,
      key: key ?? routingKey,
      afterStage,
      retryCount,
    });
  }

  #origin(): Omit<StoredOrigin, 'id'> {
    const { source, timestamp } = this.meta;
    return this.stored ?? { source, timestamp, pipeline: this.settings.name, retryCount: 0 };
  }
}
