import type { Json } from 'computo-js';
import type { AiCall, AiCalls, AiOutcome } from '../ai/ai-calls.js';
import { EventFailure } from '../failure.js';
import { intoSegments, putInto } from '../put-into.js';
import { RunPaused } from '../run-paused.js';
import type { AiStageSpec } from '../spec.js';
import { compileScript } from './script.js';

export type AiAnswer = Extract<AiOutcome, { readonly kind: 'answered' }>;

/** The one asynchronous stage: a request from each event to a provider, and the answer into its data. */
export interface AiStage {
  readonly name: string;
  /**
   * The call that an event needs.
   *
   * @throws EventFailure when its script fails
   */
  prepare(data: Json, context: Json): AiCall;
  /** @throws EventFailure, RunPaused when there is no answer */
  answerOf(outcome: AiOutcome): AiAnswer;
  /**
   * The data with an answer in it.
   *
   * @throws EventFailure when it has no place for it
   */
  put(data: Json, answer: Json): Json;
}

export function aiStage(spec: AiStageSpec, calls: AiCalls): AiStage {
  const { name } = spec;
  const request = compileScript(spec.request, name);
  const into = intoSegments(spec.into);
  return {
    name,
    prepare: (data, context) => calls.prepare(spec, request.run(data, context)),
    answerOf(outcome) {
      switch (outcome.kind) {
        case 'answered':
          return outcome;
        case 'failed':
          throw new EventFailure(`ai_${outcome.code}`, outcome.message, name);
        case 'paused':
          throw new RunPaused(outcome.reason, outcome.message);
      }
    },
    put: (data, answer) => putInto(data, into, answer, name),
  };
}
