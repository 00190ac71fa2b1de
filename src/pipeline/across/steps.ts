import type { Json } from 'computo-js';
import type { Tick } from '../../event/index.js';
import { FILTERED, type Stage } from '../stages/stage.js';
import type { AcrossStage, Arrival, FieldRows, Flow, Made, Passing } from './across-stage.js';
import { StageTally, type StageCounts } from './stage-counts.js';
import type { StagePlan } from '../../config/index.js';
import { stageAddress, stageAt } from '../stages/stage-address.js';
import type { PipelineState } from './state-table.js';

export type Step = Stage | AcrossStage;

/** An event that was made while another was being processed, and its next step. */
export interface MadeHere extends Made {
  readonly next: number;
}

/** Takes events, like {@link Steps.takePrepared}, at a stage that takes them at once. */
export interface TakerAtOnce {
  /** @throws EventFailure before anything has changed */
  one(arrival: Arrival, results: readonly Json[]): void;
  /** See {@link LazyTaking.takeRows}. */
  readonly rows: (rows: FieldRows, from: number, to: number, arrivalOf: (row: number) => Arrival) => number;
}

/** Observes events between steps. */
export interface StepWatch {
  /** Called when an event has passed a step. */
  passed(stage: string, event: Passing): void;
  /** What scripts see as `$inputs/1` for an event. */
  contextOf(event: Passing): Json;
}

/**
 * Takes events through steps, one event at a time. All parts of an event pass a step before any of them gets to the next, so that
 * a part that fails fails the whole event before anything is written.
 */
export class Steps {
  readonly #tally: StageTally;
  readonly #flows: readonly StepFlow[];
  /** Made on demand, because hashing takes longer than most stages. */
  readonly #addresses: (string | undefined)[] = [];
  /** Events made of the last event, singly or in bulk. */
  #made: (MadeHere | Iterable<MadeHere>)[] = [];
  /** Events that were made earlier and are not taken yet. The latest are at the end, and are taken first. */
  readonly #waiting: Iterator<MadeHere>[] = [];

  constructor(
    private readonly stages: readonly StagePlan[],
    private readonly steps: readonly Step[],
    /** The state of the stages, which is rolled back when an event fails. */
    private readonly state: PipelineState,
    private readonly watch: StepWatch,
  ) {
    this.#tally = new StageTally(steps.map(({ name }) => name));
    this.#flows = steps.map((_, at) => new StepFlow(at, this.#tally, watch, (made) => void this.#made.push(made)));
  }

  /**
   * Processes one event, with all that it becomes, or not at all.
   *
   * @param work takes the event
   * @throws the error of `work`, after undoing everything
   */
  whole<Result>(work: () => Result): Result {
    this.state.begin();
    this.#tally.begin();
    const made = this.#made.length;
    let result: Result;
    try {
      result = work();
    } catch (error) {
      this.state.undo();
      this.#tally.undo();
      this.#made.length = made;
      throw error;
    }
    this.state.commit();
    this.#settle();
    return result;
  }

  /**
   * @param from the event's next step
   * @returns the parts that reached the end
   * @throws EventFailure
   */
  take(event: Passing, from: number): readonly Passing[] {
    return this.#rest([event], from);
  }

  /**
   * Like {@link take}, for an event that has passed the filters in front and whose scripts have already run.
   *
   * @param at the next step, which looks across events
   * @param prepared what the step's `prepare` would return
   */
  takePrepared(event: Passing, at: number, prepared: unknown): readonly Passing[] {
    for (let before = 0; before < at; before++) this.#passFilter(before);
    const step = this.steps[at];
    const flow = this.#flows[at];
    if (step === undefined || flow === undefined || !isAcross(step)) return [];
    const next = flow.begin(1);
    step.take(event, prepared, flow);
    return this.#rest(this.#behind(step, flow, next), at + 1);
  }

  /** Returns what takes events at the first stage that looks across events; undefined if it does not take them at once. */
  takerAtOnce(): TakerAtOnce | undefined {
    const at = this.steps.findIndex(isAcross);
    const step = this.steps[at];
    const flow = this.#flows[at];
    if (step === undefined || flow === undefined || !isAcross(step)) return undefined;
    const { lazily } = step;
    if (lazily === undefined || !('takeAtOnce' in lazily)) return undefined;
    return {
      one: (arrival, results) => {
        lazily.takeAtOnce(results, arrival, flow);
        for (let before = 0; before < at; before++) this.#passFilter(before);
        this.#tally.add(at, 'in', 1);
        step.settle?.(flow);
      },
      rows: (rows, from, to, arrivalOf) => {
        const next = lazily.takeRows?.(rows, from, to, arrivalOf, flow) ?? from;
        this.#tally.add(at, 'in', next - from);
        step.settle?.(flow);
        return next;
      },
    };
  }

  /** Counts an event that has passed the filters in front and became this many parts. */
  parted(at: number, parts: number): void {
    for (let before = 0; before < at; before++) this.#passFilter(before);
    this.#tally.add(at, 'in', 1);
    this.#tally.add(at, 'made', parts - 1);
    this.#tally.add(at, 'out', parts);
  }

  /** Counts an event that a filter in front has dropped. */
  filtered(at: number): void {
    for (let before = 0; before < at; before++) this.#passFilter(before);
    this.#tally.add(at, 'in', 1);
    this.#tally.add(at, 'filtered', 1);
  }

  /** Uncounts a failed event that the step before `next` made of this many, each of which has failed with it. */
  unmake(next: number, of: number): void {
    this.#tally.add(next - 1, 'merged', -of);
    this.#tally.add(next - 1, 'made', -1);
    this.#tally.add(next - 1, 'out', -1);
    this.#tally.add(next - 1, 'in', -of);
  }

  /** Ends a step: releases the events that it holds. */
  end(at: number): void {
    this.state.begin();
    this.#across(at, (step, flow) => step.end?.(flow));
  }

  /** Releases the events that a step holds until this time. */
  tick(at: number, tick: Tick): void {
    this.state.begin();
    this.#across(at, (step, flow) => step.tick?.(tick, flow));
  }

  /** The timestamp of the first tick that releases anything. */
  nextTick(): number | undefined {
    const ticks = this.steps.flatMap((step) => (isAcross(step) ? (step.nextTick?.() ?? []) : []));
    return ticks.length === 0 ? undefined : Math.min(...ticks);
  }

  /** The address of the stage before a step, as dead letters write it. */
  addressBefore(next: number): string {
    const stage = this.stages[next - 1];
    return (this.#addresses[next] ??= stage === undefined ? '' : stageAddress(stage));
  }

  /** The step after a stage that a dead letter names; undefined: there is no such stage. */
  behind(address: string): number | undefined {
    const at = stageAt(this.stages, address);
    return at === undefined ? undefined : at + 1;
  }

  /** Whether there are made events that are not taken yet. */
  get hasMade(): boolean {
    return this.#made.length > 0 || this.#waiting.length > 0;
  }

  /** Takes the next made event. Events made of it come before the others. */
  nextMade(): MadeHere | undefined {
    if (this.#made.length > 0) {
      this.#waiting.push(oneByOne(this.#made));
      this.#made = [];
    }
    for (let latest = this.#waiting.at(-1); latest !== undefined; latest = this.#waiting.at(-1)) {
      const next = latest.next();
      if (next.done !== true) return next.value;
      this.#waiting.pop();
    }
    return undefined;
  }

  /** Takes all made events. */
  takeMade(): readonly MadeHere[] {
    const all: MadeHere[] = [];
    for (let made = this.nextMade(); made !== undefined; made = this.nextMade()) all.push(made);
    return all;
  }

  takeCounts(): readonly StageCounts[] {
    return this.#tally.take();
  }

  /** Lets all stages settle after an event is finished. */
  #settle(): void {
    for (let at = 0; at < this.steps.length; at++) this.#across(at, settle);
  }

  #across(at: number, act: (step: AcrossStage, flow: Flow) => void): void {
    const step = this.steps[at];
    const flow = this.#flows[at];
    if (step !== undefined && flow !== undefined && isAcross(step)) act(step, flow);
  }

  #passFilter(at: number): void {
    this.#tally.add(at, 'in', 1);
    this.#tally.add(at, 'out', 1);
  }

  #rest(family: readonly Passing[], from: number): readonly Passing[] {
    let left = family;
    for (let at = from; at < this.steps.length && left.length > 0; at++) left = this.#step(left, at);
    return left;
  }

  #step(family: readonly Passing[], at: number): readonly Passing[] {
    const step = this.steps[at];
    const flow = this.#flows[at];
    if (step === undefined || flow === undefined) return family;
    const next = flow.begin(family.length);
    const [only] = family;
    if (!isAcross(step)) {
      for (const event of family) {
        const data = step.run(event.data, event.context);
        if (data === FILTERED) flow.filter();
        else next.push(data === event.data ? event : { ...event, data });
      }
    } else if (only !== undefined && family.length === 1) {
      step.take(only, step.prepare(only), flow);
    } else {
      const prepared = family.map((event) => step.prepare(event));
      for (const [index, event] of family.entries()) step.take(event, prepared[index], flow);
    }
    return this.#behind(step, flow, next);
  }

  #behind({ name }: Step, flow: StepFlow, next: readonly Passing[]): readonly Passing[] {
    flow.end(next.length);
    for (const event of next) this.watch.passed(name, event);
    return next;
  }
}

function* oneByOne(made: readonly (MadeHere | Iterable<MadeHere>)[]): Generator<MadeHere, undefined> {
  for (const one of made) {
    if ('next' in one) yield one;
    else yield* one;
  }
}

function settle(step: AcrossStage, flow: Flow): void {
  step.settle?.(flow);
}

/** Carries out what a step decides about its events. */
class StepFlow implements Flow {
  #next: Passing[] = [];

  constructor(
    private readonly at: number,
    private readonly tally: StageTally,
    private readonly watch: StepWatch,
    private readonly onMade: (made: MadeHere | Iterable<MadeHere>) => void,
  ) {}

  /** Counts incoming events. @returns the list for events that are passed on */
  begin(events: number): Passing[] {
    this.tally.add(this.at, 'in', events);
    return (this.#next = []);
  }

  /** Counts events that were passed on. */
  end(events: number): void {
    if (events > 0) this.tally.add(this.at, 'out', events);
  }

  pass(event: Passing): void {
    this.#next.push(event);
  }

  split(event: Passing, parts: readonly Json[], alone = false): void {
    this.tally.add(this.at, 'made', parts.length - 1);
    if (alone) {
      this.tally.add(this.at, 'out', parts.length);
      const { arrival: last, key } = event;
      for (const [index, data] of parts.entries())
        this.onMade({ data, of: 1, last, part: `${event.part}.${index}`, key, next: this.at + 1 });
      return;
    }
    for (const [index, data] of parts.entries()) {
      const part = { ...event, data, part: `${event.part}.${index}` };
      this.#next.push(event.context === null ? part : { ...part, context: this.watch.contextOf(part) });
    }
  }

  filter(): void {
    this.tally.add(this.at, 'filtered', 1);
  }

  keep(count = 1): void {
    this.tally.add(this.at, 'open', count);
  }

  make(made: Made): void {
    this.onMade(this.#count(made));
  }

  makeAll(made: Iterable<Made>): void {
    const count = (one: Made): MadeHere => this.#count(one);
    this.onMade({
      *[Symbol.iterator]() {
        for (const one of made) yield count(one);
      },
    });
  }

  absorb(count: number): void {
    this.tally.add(this.at, 'open', -count);
    this.tally.add(this.at, 'merged', count);
  }

  forget(count: number): void {
    if (count > 0) this.tally.add(this.at, 'forgotten', count);
  }

  #count(made: Made): MadeHere {
    const { at, tally } = this;
    tally.add(at, 'open', -made.of);
    tally.add(at, 'merged', made.of);
    tally.add(at, 'made', 1);
    tally.add(at, 'out', 1);
    return { ...made, next: at + 1 };
  }
}

export function isAcross(step: Step): step is AcrossStage {
  return 'take' in step;
}
