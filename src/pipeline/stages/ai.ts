import { ANY_SHAPE, objectShape, parsePointer, type Shape } from 'computo-js';
import type { SchemaVocabulary, StageMaker } from '../../config/kinds/index.js';
import type { AiCalls, AiOutcome, AiStagePlan } from '../ai/ai-calls.js';
import { EventFailure } from '../failure.js';
import { intoSegments, putInto } from '../put-into.js';
import { RunPaused } from '../run-paused.js';
import { scriptMeaning, type CallingKind } from './kind.js';
import { compileScript, type ScriptContext } from './script.js';
import { shapeInto } from './shape-into.js';
import type { AiAnswer, AiStage } from './stage.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    ai: f
      .section({
        request: f
          .script()
          .describe('The script that makes the request: { model, messages, max_tokens?, temperature?, provider? }.'),
        model: f.text('a model name').optional().describe('The model where the request names none.'),
        providers: f
          .list('provider names', f.text('a provider name'))
          .min(1, { error: 'expected at least one provider' })
          .optional()
          .describe('Which providers may serve. Default: all under ai_providers.'),
        route: f
          .choice(['cheapest', 'ordered', 'fastest'])
          .prefault('cheapest')
          .describe('Which of them is tried first.'),
        schema: f
          .jsonSchema()
          .optional()
          .describe('JSON Schema that the answer must satisfy: a path, or the schema itself.'),
        into: f.jsonPointer().optional().describe('Where the answer lands in the data. Default: it replaces the data.'),
        max_tokens: f.integer(1).prefault(1000).describe('Most output tokens where the request says nothing.'),
        dedupe: f.flag().prefault(false).describe('Send equal requests once and share the answer.'),
        on_truncated: f
          .choice(['retry', 'keep', 'fail'])
          .prefault('retry')
          .describe('An answer that max_tokens cuts off: ask once more with a larger cap, keep it, or fail.'),
        stream: f
          .flag()
          .optional()
          .describe('Let answers come as they are written, where the server can. Default: as the provider is set.'),
        in_doubt: f.choice(['retry', 'hold', 'fail']).optional().describe('As journal.in_doubt, for this stage.'),
        name: f.stageName(),
      })
      .describe('Sends a request to an AI provider and puts the answer into the data.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

/** The one asynchronous stage: a request from each event to a provider, and the answer into its data. */
export const ai: CallingKind<Settings, AiStagePlan> = {
  kind: 'ai',
  schema,
  scripts: [['ai', 'request']],
  data: [['ai', 'schema']],
  callsAt: ['ai'],
  plan,
  shape(data, _made, stage) {
    const into = stage.entries?.get('ai')?.node.entries?.get('into')?.node.value;
    if (into === undefined) return AI_ANSWER;
    // A place that only the environment knows, or that is none.
    return typeof into === 'string' && !into.includes('${')
      ? shapeInto(data, parsePointer(into), AI_ANSWER)
      : ANY_SHAPE;
  },
  refuses([request]) {
    const isNoObject =
      request !== undefined &&
      request.object === undefined &&
      (request.array !== undefined || request.scalars.size > 0);
    return isNoObject ? { script: 0, must: 'the request of an AI stage must be an object' } : undefined;
  },
  meaning: ({ request, model, schema: answers, into, maxTokens, onTruncated }) => [
    scriptMeaning(request),
    model,
    answers,
    into,
    maxTokens,
    ...(onTruncated === 'retry' ? [] : [onTruncated]),
  ],
  compile,
};

async function plan({ ai: settings, name }: Settings, make: StageMaker): Promise<AiStagePlan | undefined> {
  const { model, route, into, max_tokens: maxTokens, dedupe, in_doubt: inDoubt } = settings;
  const { on_truncated: onTruncated } = settings;
  const request = await make.script(['ai', 'request']);
  const providers = make.providers(['ai'], settings.providers);
  const answers = settings.schema === undefined ? undefined : await make.jsonSchema(['ai', 'schema'], settings.schema);
  return (
    request && {
      kind: 'ai',
      name: settings.name ?? name ?? `ai-${make.placeOfKind}`,
      request,
      ...(model !== undefined && { model }),
      providers,
      route,
      ...(answers !== undefined && { schema: answers }),
      ...(into !== undefined && { into }),
      maxTokens,
      dedupe,
      onTruncated,
      ...(settings.stream !== undefined && { stream: settings.stream }),
      ...(inDoubt !== undefined && { inDoubt }),
    }
  );
}

function compile(stage: AiStagePlan, calls: AiCalls, context: ScriptContext): AiStage {
  const { name } = stage;
  const request = compileScript(stage.request, name, context);
  const into = intoSegments(stage.into);
  return {
    name,
    prepare: (data, context) => calls.prepare(stage, request.run(data, context)),
    answerOf: (outcome) => answerOf(outcome, name),
    put: (data, answer) => putInto(data, into, answer, name),
  };
}

function answerOf(outcome: AiOutcome, stage: string): AiAnswer {
  switch (outcome.kind) {
    case 'answered':
      return outcome;
    case 'failed':
      throw new EventFailure(`ai_${outcome.code}`, outcome.message, stage, undefined, undefined, outcome.answer);
    case 'paused':
      throw new RunPaused(outcome.reason, outcome.message);
  }
}

/** What it puts into the data. Providers may say more than this. */
const AI_ANSWER: Shape = objectShape(
  new Map(
    ['provider', 'model', 'response', 'finish_reason', 'usage', 'cost_usd', 'latency_ms', 'attempts', 'cached'].map(
      (key) => [key, { shape: ANY_SHAPE, optional: false }],
    ),
  ),
  true,
);
