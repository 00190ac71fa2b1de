import {
  callKey,
  parseRequest,
  type AiClient,
  type AnsweredCall,
  type CallContext,
  type JsonSchema,
} from '../../ai/index.js';
import type { AiCalls, AiOutcome, AiStageSpec } from '../../pipeline/index.js';

/**
 * The AI client as the stages of a pipeline call it.
 *
 * @param live ask anew, whatever the journal holds
 */
export function aiCalls(client: AiClient, live: boolean): AiCalls {
  return {
    prepare(stage, value) {
      const parsed = parseRequest(value, stage.model);
      if (!parsed.ok) {
        const failed: AiOutcome = { kind: 'failed', code: 'invalid_request', message: parsed.problem };
        return { fingerprint: '', send: () => Promise.resolve(failed) };
      }
      const { request } = parsed;
      const schema = schemaOf(stage);
      const maxTokens = request.max_tokens ?? stage.maxTokens;
      return {
        fingerprint: callKey({ stage: stage.name, request, maxTokens, schema }),
        async send(event) {
          const context: CallContext = {
            stage: stage.name,
            pipeline: event.pipeline,
            identity: event.stored ? { event: event.id } : { occurrence: event.occurrence },
            providers: stage.providers,
            route: stage.route,
            schema,
            maxTokens: stage.maxTokens,
            dedupe: stage.dedupe,
            inDoubt: stage.inDoubt,
            live,
          };
          return outcomeOf(await client.call(request, context));
        },
      };
    },
  };
}

function outcomeOf(result: Awaited<ReturnType<AiClient['call']>>): AiOutcome {
  switch (result.kind) {
    case 'answered':
      return { kind: 'answered', answer: answerOf(result), provider: result.provider };
    case 'failed':
      return { kind: 'failed', code: result.code, message: result.message };
    case 'stopped':
      return { kind: 'paused', reason: result.reason, message: result.message };
  }
}

/** The universal answer, as it stands in an event's data. */
function answerOf({ provider, model, response, usage, cost_usd, latency_ms, attempts, cached }: AnsweredCall) {
  return { provider, model, response, usage: { ...usage }, cost_usd, latency_ms, attempts, cached };
}

/** A JSON Schema is an object or a boolean; the config's check has seen to that. */
function schemaOf({ schema }: AiStageSpec): JsonSchema | undefined {
  if (typeof schema === 'boolean') return schema;
  return typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : undefined;
}
