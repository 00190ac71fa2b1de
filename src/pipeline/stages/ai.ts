import type { Json } from 'computo-js';
import type { AiCalls, AiEvent } from '../ai-calls.js';
import { EventFailure } from '../failure.js';
import { intoSegments, putInto } from '../put-into.js';
import { RunPaused } from '../run-paused.js';
import type { AiStageSpec } from '../spec.js';
import { compileScript } from './script.js';

/** The one asynchronous stage: a request from each event to a provider, and the answer into its data. */
export interface AiStage {
  readonly name: string;
  readonly needsContext: boolean;
  /**
   * The request, and what the journal knows it by.
   *
   * @throws EventFailure
   */
  prepare(data: Json, context: Json): PreparedCall;
}

export interface PreparedCall {
  readonly fingerprint: string;
  /**
   * @returns the new data, and who served
   * @throws EventFailure, RunPaused
   */
  send(event: AiEvent): Promise<{ readonly data: Json; readonly provider: string }>;
}

export function aiStage(spec: AiStageSpec, calls: AiCalls): AiStage {
  const request = compileScript(spec.request, spec.name);
  const into = intoSegments(spec.into);
  return {
    name: spec.name,
    needsContext: request.needsContext,
    prepare(data, context) {
      const made = request.run(data, context);
      return {
        fingerprint: calls.fingerprint(spec, made),
        async send(event) {
          const outcome = await calls.call(spec, made, event);
          switch (outcome.kind) {
            case 'answered':
              return { data: putInto(data, into, outcome.answer, spec.name), provider: outcome.provider };
            case 'failed':
              throw new EventFailure(`ai_${outcome.code}`, outcome.message, spec.name);
            case 'paused':
              throw new RunPaused(outcome.reason, outcome.message);
          }
        },
      };
    },
  };
}
