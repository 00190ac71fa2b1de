import { ANY_SHAPE, type Json, type Shape } from 'computo-js';
import type { SchemaVocabulary, StageMaker } from '../../config/kinds/index.js';
import type { AiCalls, AiStagePlan } from '../ai/ai-calls.js';
import { intoSegments, putInto, requirePlace } from '../put-into.js';
import { answerOf } from './ai.js';
import { batchPlan, inLane, laneProblems } from './in-lane.js';
import { scriptMeaning, type CallingKind } from './kind.js';
import { compileScript, type ScriptContext } from './script.js';
import { servedBy } from './served-by.js';
import { pointerOf, shapeInto } from './shape-into.js';
import type { AiStage } from './stage.js';
import { compileTags, noTags, tagCountProblems, taggedWith, tagsOf } from './tags.js';

const INTO_DEFAULT = '/embedding';

const schema = (f: SchemaVocabulary) =>
  f.section({
    embed: f
      .section({
        model: f.text('a model name').describe('An embedding model.'),
        input: f
          .script()
          .describe('The text whose vector is wanted, such as /text, or a list of up to 100 texts: a list of vectors.'),
        into: f.jsonPointer().prefault(INTO_DEFAULT).describe('Where the vector lands in the data.'),
        dimensions: f.integer(1).optional().describe('Numbers of a vector. Default: as many as the model has.'),
        ...servedBy(f),
        ...inLane(f),
        ...taggedWith(f),
        dedupe: f.flag().prefault(false).describe('Ask for equal inputs once and share the vector.'),
        in_doubt: f.choice(['retry', 'hold', 'fail']).optional().describe('As journal.in_doubt, for this stage.'),
        name: f.stageName(),
      })
      .describe('Asks an AI provider for the vector of a text, many events in one request.'),
    name: f.stageName(),
  });

type EmbedSettings = ReturnType<typeof schema>['_output'];

/** Gets the vector of a text of each event. Calls are journaled and billed individually, and sent many at a time. */
export const embed: CallingKind<EmbedSettings, AiStagePlan> = {
  kind: 'embed',
  schema,
  scripts: [
    ['embed', 'input'],
    ['embed', 'tags'],
  ],
  mapTemplates: [tagsOf('embed')],
  callsAt: ['embed'],
  asksFor: 'vectors',
  plan,
  shape(data, _made, stage) {
    const into = stage.entries?.get('embed')?.node.entries?.get('into')?.node.value ?? INTO_DEFAULT;
    const segments = pointerOf(into);
    return segments === undefined ? ANY_SHAPE : shapeInto(data, segments, ANY_SHAPE);
  },
  findProblem([input, tags]) {
    return input !== undefined && !mayBeText(input) && !mayBeTexts(input)
      ? { script: 0, must: 'the input of an embed stage must be a text or a list of texts' }
      : noTags(tags, 1);
  },
  problems: (stage) => [...tagCountProblems('embed', stage), ...laneProblems(['embed'], stage)],
  meaning: ({ request, model, embedding, into }) => [
    'template' in request ? request : scriptMeaning(request),
    model,
    embedding,
    into,
  ],
  compile,
};

/** Whether anything of this shape is text. Of what never is anything, nothing is said. */
function mayBeText({ any, scalars, object, array }: Shape): boolean {
  return any || scalars.has('string') || (scalars.size === 0 && object === undefined && array === undefined);
}

function mayBeTexts({ array }: Shape): boolean {
  if (array === undefined) return false;
  return array.tuple === undefined ? mayBeText(array.element) : array.tuple.length > 0 && array.tuple.every(mayBeText);
}

async function plan({ embed: settings, name }: EmbedSettings, make: StageMaker): Promise<AiStagePlan | undefined> {
  const { model, into, dimensions, route, dedupe, in_doubt: inDoubt } = settings;
  const batch = batchPlan(settings);
  const input = await make.script(['embed', 'input']);
  const tags = settings.tags === undefined ? undefined : await make.scriptOrTemplate(['embed', 'tags']);
  const providers = await make.providers(['embed'], settings.providers, [model]);
  return (
    input && {
      kind: 'embed',
      name: settings.name ?? name ?? `embed-${make.placeOfKind}`,
      request: input,
      ...(tags && { tags }),
      embedding: dimensions === undefined ? {} : { dimensions },
      model,
      providers,
      route,
      schemaMode: 'auto',
      into,
      maxTokens: 0,
      dedupe,
      onTruncated: 'fail',
      fallbackOn: [],
      ...(inDoubt !== undefined && { inDoubt }),
      ...(batch && { batch }),
    }
  );
}

/** @throws ComputoError when its script can't be compiled */
function compile(stage: AiStagePlan, calls: AiCalls, context: ScriptContext): AiStage {
  const { name, request } = stage;
  if ('template' in request) throw new TypeError('the input of an embed stage is a script');
  const input = compileScript(request, name, context);
  const tags = compileTags(stage, context);
  const into = intoSegments(stage.into);
  return {
    name,
    gathers: true,
    prepare(data, inputs) {
      requirePlace(data, into, name);
      return calls.prepare(stage, input.run(data, inputs), tags(data, inputs));
    },
    answerOf: (outcome) => answerOf(outcome, name),
    put: (data, answer) => putInto(data, into, vectorOf(answer), name),
  };
}

function vectorOf(answer: Json): Json {
  return (answer as { readonly response: Json }).response;
}
