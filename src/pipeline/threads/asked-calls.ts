import type { Json } from 'computo-js';
import { parseJson, stringifyJson } from '../../json/index.js';
import type { AiCall, AiCalls, AiEvent, AiOutcome, AiStagePlan } from '../ai/ai-calls.js';
import type { EventOptions } from '../ai/event-executor.js';
import { stagesOfSteps } from '../ai/cascade.js';
import { callPlaces, sentInPlace } from '../ai/places.js';
import { failureOf } from '../failure.js';
import type { PipelineSpec } from '../spec.js';
import { isAiStage } from '../stages/index.js';

/**
 * A call that a worker requests from the thread that started it, which has the providers. JSON is sent as text, so that every
 * number is preserved.
 */
export interface AskedCall {
  /** Its number among the worker's calls. */
  readonly call: number;
  readonly stage: string;
  /** Of its cascade; absent: it has none. */
  readonly step?: number;
  readonly request: string;
  /** Absent: its stage has none. */
  readonly tags?: string;
  readonly event: AiEvent;
}

/** The outcome of an {@link AskedCall}. */
export interface AnsweredAsk {
  readonly call: number;
  readonly outcome: string;
}

/** The calls of a worker's stages, for stored events. */
export class AskedCalls implements AiCalls {
  readonly #open = new Map<number, (outcome: AiOutcome) => void>();
  #calls = 0;

  constructor(private readonly ask: (asked: AskedCall) => void) {}

  prepare({ name, step }: AiStagePlan, request: Json, tags?: Json): AiCall {
    return {
      // Stored events are identified by their ids.
      fingerprint: '',
      send: (event) =>
        new Promise((resolve) => {
          const text = printed(request, name);
          const tagged = tags === undefined ? {} : { tags: printed(tags, name) };
          const call = ++this.#calls;
          this.#open.set(call, resolve);
          this.ask({ call, stage: name, ...(step !== undefined && { step }), request: text, ...tagged, event });
        }),
      // Only runs over files skip events that an earlier run has delivered.
      recall: () => Promise.resolve(undefined),
    };
  }

  answer({ call, outcome }: AnsweredAsk): void {
    this.#open.get(call)?.(parseJson(outcome, Number.POSITIVE_INFINITY) as unknown as AiOutcome);
    this.#open.delete(call);
  }
}

/** Makes the calls that workers request, `concurrency` at a time. */
export function callMaker(
  { stages }: PipelineSpec,
  { calls, concurrency }: Pick<EventOptions, 'calls' | 'concurrency'>,
): (asked: AskedCall) => Promise<AnsweredAsk> {
  const place = callPlaces(concurrency);
  const stageOf = new Map(stages.filter(isAiStage).map((stage) => [stage.name, stagesOfSteps(stage)]));
  return async ({ call, stage: name, step = 1, request, tags, event }) => {
    const stage = stageOf.get(name)?.[step - 1];
    if (stage === undefined) throw new TypeError(`no AI stage is named ${name}, or it has no step ${step}`);
    const prepared = calls.prepare(
      stage,
      parseJson(request, Number.POSITIVE_INFINITY),
      tags === undefined ? undefined : parseJson(tags, Number.POSITIVE_INFINITY),
    );
    const outcome = await sentInPlace(place, stage.embedding !== undefined, prepared, event);
    return { call, outcome: stringifyJson(outcome) };
  };
}

/** @throws EventFailure for a request that is too deep to print */
function printed(request: Json, stage: string): string {
  try {
    return stringifyJson(request);
  } catch (error) {
    throw failureOf(error, stage);
  }
}
