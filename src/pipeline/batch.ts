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
import type { PipelineSpec } from './spec.js';
import { FILTERED } from './stages/index.js';
import type { OnErrorPlan, OutputTake } from '../config/index.js';
import type { LineGroup } from '../sinks/index.js';
import type { Block } from '../sources/index.js';
import { FINISHED, type Tap, type TapPoint } from './tap.js';
import { textOf } from './text-of.js';

/** What all events of a block share. */
export interface BlockMeta {
  readonly source: string;
  /** The time of ingestion, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** The id counter of the block's first line; it increases by one per line. */
  readonly counter: number;
  /** Makes the ids of new events, as {@link eventId} does, which is the default. */
  readonly newId?: ((timestamp: number, counter: number) => string) | undefined;
  /** Whether the lines were decoded from another format, and may stand for unreadable records. */
  readonly decoded?: boolean | undefined;
  /** The columns of outputs that name none, as decided by the events of earlier blocks. */
  readonly columns?: OutputColumns | undefined;
  /** Watches the events as they are processed. */
  readonly tap?: Tap | undefined;
  /** For a block of one line: which of the events that its stages make must fail, because processing them did not finish. */
  readonly givenUp?: readonly GivenUp[];
}

/** Combines what the events share with what the block itself says about them. */
export function metaOfBlock(block: Block, shared: BlockMeta): BlockMeta {
  return block.kind === 'lines' && block.decoded === true ? { ...shared, decoded: true } : shared;
}

export interface GivenUp {
  /** The event's number among those made, from 1. */
  readonly made: number;
  readonly reason: string;
}

export interface BlockResult {
  /** Input lines processed, including blank ones. */
  readonly lines: number;
  readonly counts: Counts;
  /** The finished lines of each output of the pipeline. */
  readonly outputs: readonly Buffer[];
  /** How an output's lines are divided among its files, by the number of each output that has a file per key. */
  readonly groups?: ReadonlyMap<number, readonly LineGroup[]>;
  readonly deadLetters: readonly DeadLetter[];
  readonly failures: readonly FailureCount[];
  /** How the watched events went through the stages. */
  readonly observations: readonly Observation[];
  /** What became of the events of each stage, if the pipeline has stages that look across events. */
  readonly stages?: readonly StageCounts[];
  /** The changes to the state of the stages, if they are tracked. */
  readonly changes?: StateChanges;
  /** The timestamp of the first tick that would release events that stages hold; undefined: nothing waits for time. */
  readonly nextTick?: number;
  /** The columns as decided after the block, if outputs name none. */
  readonly columns?: OutputColumns | undefined;
  /** Whether an event failed and the run must end here; the block's later lines were not read. */
  readonly stopped: boolean;
  /** Set if this is only a piece of the block's result: returns the next piece. The receiver must take all pieces. */
  readonly rest?: () => BlockResult | Promise<BlockResult>;
}

/** A result that is made synchronously. */
export interface ResultAtOnce extends BlockResult {
  readonly rest?: () => ResultAtOnce;
}

/** Options that apply to all batches of a run. */
export interface BatchOptions {
  /** The pipeline's name, as events carry it. */
  readonly name: string;
  readonly pipeline: Routing;
  readonly outputs: readonly OutputTake[];
  readonly formats: OutputFormats;
  readonly onError: OnErrorPlan;
  readonly choosing?: PipelineSpec['choosing'];
  /** Whether the first failed event ends the run, whatever `onError` says. */
  readonly strict: boolean;
  /** How much of a broken line a dead letter keeps at most. */
  readonly rawMax: number;
  /** Called with the number of each line, from 0, before the line is processed, and with the number after the last one. */
  readonly onLine?: ((line: number) => void) | undefined;
}

/** A finished event: the numbers of the outputs that take it, and its line for each. */
export interface Finished {
  readonly targets: readonly number[];
  readonly lines: readonly string[];
  /** Its routing key. */
  readonly key: string | undefined;
}

/** Collects the outcomes of one block's events: each ends here exactly once, as output, filtered or failed. */
export class Batch {
  readonly counts = noCounts();
  stopped = false;
  /** Whether the batch is so large that it must be taken, as a {@link piece}, before the next line is read. */
  isFull = false;
  lastFailure: EventFailure | undefined;
  /** The origin of the line's event if it is a stored one; otherwise its origin is its place in the input. */
  stored: StoredOrigin | undefined;
  #deadLetters: DeadLetter[] = [];
  #failures = new FailureCounts();
  #observations: Observation[] = [];
  readonly #writesEnvelopes: boolean;
  /** Undefined: all outputs write lines of JSON. */
  readonly #formatted: FormattedOutputs | undefined;
  /** The lines of outputs that have a file per key, by the number of the output. */
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

  get pipeline(): string {
    return this.settings.name;
  }

  /** The stage after which the line's event continues. Another pipeline takes it as an ordinary event. */
  get afterStage(): string | undefined {
    return this.stored?.pipeline === this.pipeline ? this.stored.afterStage : undefined;
  }

  /** See {@link BlockMeta.decoded}. */
  get isDecoded(): boolean {
    return this.meta.decoded === true;
  }

  /** The line being processed, from 0. */
  get line(): number {
    return this.#line;
  }

  set line(line: number) {
    this.#line = line;
    this.settings.onLine?.(line);
  }

  /** Why an event made here must fail, see {@link BlockMeta.givenUp}; undefined: it need not. */
  givenUp(made: number): string | undefined {
    return this.meta.givenUp?.find((one) => one.made === made)?.reason;
  }

  /** Whether to read no further lines for now. */
  get isOver(): boolean {
    return this.stopped || this.isFull;
  }

  /** The approximate length of the finished events and dead letters, in characters. */
  get length(): number {
    return this.#length;
  }

  /** The finished lines of an output, for adding more. */
  linesOf(output: number): OutputLines | undefined {
    return this.outputs[output];
  }

  /** Returns the id of the line's event. For a new event, every call makes another id, so call it once. */
  newId(): string {
    if (this.stored !== undefined) return this.stored.id;
    const { newId = eventId, timestamp, counter } = this.meta;
    return newId(timestamp, counter + this.line);
  }

  /** The timestamp of the line's event, in milliseconds since the epoch. */
  get timestamp(): number {
    return this.stored?.timestamp ?? this.meta.timestamp;
  }

  /** Returns the origin of the line's event, with a new id. */
  newOrigin(): StoredOrigin {
    return { ...this.#origin(), id: this.newId() };
  }

  /** What scripts see as `$inputs/1`. */
  contextOf(id: string): Json {
    return contextOf({ ...this.#origin(), id });
  }

  /**
   * Writes a finished event to every output that takes it.
   *
   * @param served the routing key if the pipeline sets none: the provider that served the event
   * @throws EventFailure when it has no usable routing key or can't be printed
   */
  emit(data: Json, context: Json, id: string | undefined, served?: string): void {
    this.write(this.finish(data, context, id, served));
  }

  /**
   * Like {@link emit}, without writing or counting anything yet.
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

  /** Whether anybody watches the events as they are processed. */
  get isTapped(): boolean {
    return this.meta.tap !== undefined;
  }

  /**
   * Shows an event that leaves a stage to a tap there, unless the event was filtered or failed.
   *
   * @param id of a part of the event, or of an event made of several; undefined: the event's own
   */
  emitTap(stage: string, data: Json | typeof FILTERED | undefined, id?: string): void {
    if (data !== undefined && data !== FILTERED) this.#show(stage, data, undefined, id);
  }

  /**
   * Fails an event: `on_error` decides what becomes of it.
   *
   * @param text the event's data as it came in
   * @param line the event's line, if the batch may have moved on since
   */
  failEvent(failure: EventFailure, id: string | undefined, text: string, line = this.line): void {
    const { afterStage } = this.#origin();
    this.fail(failure, { envelope: this.#envelope(id ?? this.newId(), text.trim(), undefined, afterStage) }, line);
  }

  /** Fails a line that did not become an event. */
  fail(failure: EventFailure, remains: Remains, line = this.line): void {
    const { onError, strict, choosing } = this.settings;
    const isLeftOut = failure.stage !== undefined && choosing?.includes(failure.stage) === true;
    this.lastFailure = failure;
    this.#failures.add(failure, isLeftOut);
    if (isLeftOut) {
      this.stopped = strict;
      this.counts.skipped += 1;
    } else if (strict || onError.kind === 'stop') {
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

  /** Runs an action for an event other than the line's, one with its own origin. */
  as<T>(origin: StoredOrigin, act: () => T): T {
    const { stored } = this;
    this.stored = origin;
    try {
      return act();
    } finally {
      this.stored = stored;
    }
  }

  /** Adds the observation of an event that was watched to its end. */
  observed(observation: Observation): void {
    this.#observations.push(observation);
  }

  /** Returns the result so far, and starts the next piece. */
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

  /** @param outputs receives the lines */
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
    // The line of a stored event in the log means nothing to people: the id finds the event.
    const { stored } = this;
    this.#deadLetters.push({ head, lineInBlock: stored === undefined ? line : undefined, line: stored?.refused?.line });
    this.counts.deadLettered += 1;
  }

  #show(point: TapPoint, data: Json, key: string | undefined, id: string | undefined): void {
    this.meta.tap?.see(point, () => {
      try {
        return this.#envelope(id ?? this.newId(), stringifyJson(data), key);
      } catch {
        // Nested too deep to print. A tap must not decide whether that is a failure.
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
