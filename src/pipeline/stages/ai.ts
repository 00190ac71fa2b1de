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
  /**
   * The call that an event needs.
   *
   * @throws EventFailure when its script fails
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
    prepare(data, context) {
      const call = calls.prepare(spec, request.run(data, context));
      return {
        fingerprint: call.fingerprint,
        async send(event) {
          const outcome = await call.send(event);
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
