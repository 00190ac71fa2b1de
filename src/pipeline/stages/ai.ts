import { ANY_SHAPE, objectShape, parsePointer, type Json, type JsonObject, type Shape } from 'computo-js';
import type { SettingProblem, StageMaker } from '../../config/kinds/index.js';
import type { ScriptPlan, TemplatePlan } from '../../config/index.js';
import { cachePrefix, type CachePrefix } from '../../config/script/index.js';
import type { SourceNode } from '../../config/source/index.js';
import { toolProblem } from '../../ai/request/index.js';
import type { AiCalls, AiOutcome, AiStagePlan } from '../ai/ai-calls.js';
import { cascadeCall } from '../ai/cascade.js';
import { EventFailure } from '../failure.js';
import { intoSegments, putInto, requirePlace } from '../put-into.js';
import { RunPaused } from '../run-paused.js';
import { scriptMeaning, type CallingKind } from './kind.js';
import { compileRequest, isOpen, literalMedia, memberProblems } from './ai-request.js';
import { aiSettings, type AiSettings } from './ai-settings.js';
import {
  ACCEPT_SCRIPTS,
  cascadeProblems,
  compileAccepts,
  inputOfAccept,
  meaningOfCascade,
  noVerdict,
  planCascade,
} from './cascade-steps.js';
import { batchPlan, laneProblems } from './in-lane.js';
import { placeholderProblem } from './placeholders-in.js';
import type { ScriptContext } from './script.js';
import { shapeInto } from './shape-into.js';
import { compileTags, isNoMap, noTags, tagCountProblems, tagsOf } from './tags.js';
import type { AiAnswer, AiStage } from './stage.js';

/** The one asynchronous kind of stage: sends a request from each event to a provider, and puts the answer into the data. */
export const ai: CallingKind<AiSettings, AiStagePlan> = {
  kind: 'ai',
  schema: aiSettings,
  scripts: [['ai', 'request'], ['ai', 'tags'], ACCEPT_SCRIPTS],
  inputOf: inputOfAccept,
  data: [
    ['ai', 'schema'],
    ['ai', 'tools'],
    ['ai', 'extra'],
  ],
  templates: [
    ['ai', 'prompt'],
    ['ai', 'system'],
  ],
  mapTemplates: [{ at: ['ai', 'request'], memberProblems }, tagsOf('ai')],
  literalMedia,
  textFiles: [['ai', 'prompt_file']],
  textProblem: placeholderProblem,
  callsAt: ['ai'],
  plan,
  shape(data, _made, stage) {
    const into = stage.entries?.get('ai')?.node.entries?.get('into')?.node.value;
    if (into === undefined) return AI_ANSWER;
    // The place is known only from the environment, or is not valid.
    return typeof into === 'string' && !into.includes('${')
      ? shapeInto(data, parsePointer(into), AI_ANSWER)
      : ANY_SHAPE;
  },
  findProblem: (made, places) => {
    const [request, tags] = made;
    return isNoMap(request)
      ? { script: 0, must: 'the request of an AI stage must be an object' }
      : (noTags(tags, 1) ?? noVerdict(made, places));
  },
  problems,
  meaning: ({ request, model, cascade, schema: answers, into, maxTokens, onTruncated, fallbackOn, defaults }) => [
    'template' in request ? request : scriptMeaning(request),
    model,
    answers,
    into,
    maxTokens,
    ...(onTruncated === 'retry' ? [] : [onTruncated]),
    ...(fallbackOn.length === 0 ? [] : [fallbackOn]),
    ...(defaults === undefined ? [] : [defaults]),
    ...(cascade === undefined ? [] : [meaningOfCascade(cascade)]),
  ],
  compile,
};

async function plan({ ai: settings, name }: AiSettings, make: StageMaker): Promise<AiStagePlan | undefined> {
  const { model, route, into, max_tokens: maxTokens, dedupe, in_doubt: inDoubt } = settings;
  const { on_truncated: onTruncated, fallback_on: fallbackOn, schema_mode: schemaMode } = settings;
  const request = await requestOf(settings, make);
  const tags = settings.tags === undefined ? undefined : await make.scriptOrTemplate(['ai', 'tags']);
  const cascade = settings.cascade === undefined ? undefined : await planCascade(settings.cascade, make);
  const models = cascade?.map((step) => step.model) ?? (model === undefined ? [] : [model]);
  const providers = await make.providers(['ai'], settings.providers, models);
  const batch = batchPlan(settings);
  const answers = settings.schema === undefined ? undefined : await make.jsonSchema(['ai', 'schema'], settings.schema);
  const defaults = defaultsOf(settings);
  return (
    request && {
      kind: 'ai',
      name: settings.name ?? name ?? `ai-${make.placeOfKind}`,
      request,
      ...(tags && { tags }),
      ...(defaults && { defaults }),
      ...(model !== undefined && { model }),
      ...(cascade && { cascade }),
      providers,
      route,
      ...(answers !== undefined && { schema: answers }),
      schemaMode,
      ...(into !== undefined && { into }),
      maxTokens,
      dedupe,
      onTruncated,
      fallbackOn,
      ...(settings.stream !== undefined && { stream: settings.stream }),
      ...(inDoubt !== undefined && { inDoubt }),
      ...(settings.cache && { cache: prefixOf(request) }),
      ...(batch && { batch }),
    }
  );
}

/** Undefined if there is no request, or it can't be read, which has been reported. */
async function requestOf(
  { prompt, prompt_file: file, system, request }: AiSettings['ai'],
  make: StageMaker,
): Promise<ScriptPlan | TemplatePlan | undefined> {
  if (request !== undefined) return await make.scriptOrTemplate(['ai', 'request']);
  const asked = file === undefined ? prompt : await make.textFile(['ai', 'prompt_file'], file);
  return asked === undefined ? undefined : { template: { ...(system !== undefined && { system }), prompt: asked } };
}

function prefixOf(request: ScriptPlan | TemplatePlan): CachePrefix {
  return 'template' in request ? cachePrefix(request.template, true) : cachePrefix(request.script, false);
}

/** The default members of requests. */
function defaultsOf({
  temperature,
  top_p,
  seed,
  stop,
  reasoning_effort,
  tools,
  tool_choice,
  extra,
}: AiSettings['ai']): JsonObject | undefined {
  const all = { temperature, top_p, seed, stop, reasoning_effort, tools, tool_choice, extra };
  const given = Object.entries(all).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Checks that exactly one setting says what is asked, and checks the others. */
function problems(stage: SourceNode): readonly SettingProblem[] {
  const settings = stage.entries?.get('ai')?.node.entries;
  if (settings === undefined) return [];
  const has = (key: string): boolean => settings.has(key);
  const asked = ['prompt', 'prompt_file', 'request'].filter(has);
  const [, second] = asked;
  const found: SettingProblem[] = [];
  if (second !== undefined) {
    found.push({
      path: ['ai', second],
      message: `${asked.join(' and ')} exclude one another: one of them says what is asked`,
    });
  } else if (asked.length === 0) {
    found.push({ path: ['ai'], message: 'an AI stage needs a prompt, a prompt_file or a request' });
  } else if (has('request') && has('system')) {
    found.push({ path: ['ai', 'system'], message: 'system belongs to a prompt; a request has its own, under request' });
  }
  const { extra } = (stage.entries?.get('ai')?.node.value ?? {}) as { readonly extra?: Json };
  const ofExtra = extra === undefined ? [] : memberProblems('extra', extra, false);
  return [
    ...found,
    ...cascadeProblems(stage),
    ...ofExtra.map(({ path, message, hint = '' }) => ({
      path: ['ai', 'extra', ...path],
      message: `${message}: ${hint}`,
    })),
    ...tagCountProblems('ai', stage),
    ...laneProblems(['ai'], stage),
    ...toolProblems(settings),
    ...['prompt', 'system'].flatMap((key) => {
      const text = settings.get(key)?.node.value;
      const wrong = typeof text === 'string' ? placeholderProblem(text) : undefined;
      return wrong === undefined ? [] : [{ path: ['ai', key], ...wrong }];
    }),
  ];
}

/** Tools and a choice among them, of the stage and of a request that is a template: what the request has counts. */
function toolProblems(settings: NonNullable<SourceNode['entries']>): readonly SettingProblem[] {
  const request = settings.get('request')?.node;
  const ofRequest = request?.entries;
  const isScript = request !== undefined && ofRequest === undefined;
  const found = (['tools', 'tool_choice'] as const).map((key) => {
    const own = ofRequest?.get(key)?.node.value ?? null;
    const ofStage = settings.get(key)?.node.value ?? null;
    return { key, value: own ?? ofStage, path: own === null ? ['ai', key] : ['ai', 'request', key], own };
  });
  // What a script or a placeholder makes may go together.
  const mayHaveOthers = isScript || found.some(({ own }) => isOpen(own));
  const closed = found.filter(({ own }) => !isOpen(own));
  const wrong = toolProblem(Object.fromEntries(closed.map(({ key, value }) => [key, value])), mayHaveOthers);
  if (wrong === undefined) return [];
  const [key, ...below] = parsePointer(wrong.pointer);
  const at = found.find((one) => one.key === key);
  return [{ path: [...(at?.path ?? ['ai']), ...below], message: `${key ?? ''}: ${wrong.message}` }];
}

function compile(stage: AiStagePlan, calls: AiCalls, context: ScriptContext): AiStage {
  const { name } = stage;
  const request = compileRequest(stage, context);
  const tags = compileTags(stage, context);
  const into = intoSegments(stage.into);
  const accepts = compileAccepts(stage, context);
  return {
    name,
    prepare(data, inputs) {
      requirePlace(data, into, name);
      const asked = request(data, inputs);
      const tagged = tags(data, inputs);
      return stage.cascade === undefined
        ? calls.prepare(stage, asked, tagged)
        : cascadeCall(stage, calls, asked, tagged, (step, answer) => accepts(step, answer, inputs));
    },
    answerOf: (outcome) => answerOf(outcome, name),
    put: (data, answer) => putInto(data, into, answer, name),
  };
}

/** @throws EventFailure, RunPaused when there is no answer */
export function answerOf(outcome: AiOutcome, stage: string): AiAnswer {
  switch (outcome.kind) {
    case 'answered':
      return outcome;
    case 'failed':
      throw new EventFailure(`ai_${outcome.code}`, outcome.message, stage, undefined, undefined, outcome.answer);
    case 'paused':
      throw new RunPaused(outcome.reason, outcome.message, outcome.remedy);
  }
}

/** What an answer always has. Providers may add more. */
const ALWAYS = [
  'provider',
  'model',
  'response',
  'finish_reason',
  'usage',
  'cost_usd',
  'latency_ms',
  'attempts',
  'cached',
];
const SOMETIMES = ['reasoning', 'tool_calls', 'logprobs', 'step'];

const AI_ANSWER: Shape = objectShape(
  new Map([
    ...ALWAYS.map((key): ShapedKey => [key, { shape: ANY_SHAPE, optional: false }]),
    ...SOMETIMES.map((key): ShapedKey => [key, { shape: ANY_SHAPE, optional: true }]),
  ]),
  true,
);

type ShapedKey = readonly [string, { readonly shape: Shape; readonly optional: boolean }];
