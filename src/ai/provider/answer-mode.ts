import type { SchemaObject } from '../../config/answer-schema/index.js';
import {
  inWords,
  inWordsFirst,
  wrapped,
  type AnswerMode,
  type SchemaMode,
  type SchemaModeChoice,
} from '../schema/index.js';
import type { ProviderRequest } from './provider.js';
import { at, listAt } from './read-json.js';
import type { SdkCallOptions, Wire } from './wire.js';

/** The function whose arguments are the answer. */
export const ANSWER_TOOL = 'give_answer';

/** The most models that are remembered, because events may name any. */
export const MODELS_MAX = 1000;

type SdkSchema = Extract<NonNullable<SdkCallOptions['responseFormat']>, { type: 'json' }>['schema'];

/**
 * The modes that a provider was found to accept, by model, while the process runs and up to a maximum. A mode that a model does
 * not know is never tried again; a mode that rejects a particular schema is not tried for that schema.
 */
export class AnswerModes {
  readonly #wire: Pick<Wire, 'schemaModes' | 'schemaFor'>;
  readonly #refusedBy = new Map<string, Set<SchemaMode>>();
  readonly #schemas = new WeakMap<object, KnownSchema>();

  constructor(wire: Pick<Wire, 'schemaModes' | 'schemaFor'>) {
    this.#wire = wire;
  }

  /** @returns undefined if the request asks for no particular JSON */
  of({ model, schema, schemaMode = 'auto' }: ModeRequest): AnswerMode | undefined {
    if (typeof schema !== 'object') return undefined;
    const known = this.#known(schema);
    const { asked } = known;
    if (schemaMode !== 'auto') return this.#in(schemaMode, known) ?? { mode: schemaMode, asked, sent: asked };
    for (const mode of this.#wire.schemaModes) {
      const isRefused = [this.#refusedBy, known.refusedBy].some((refused) => refused.get(model)?.has(mode));
      const answer = isRefused ? undefined : this.#in(mode, known);
      if (answer !== undefined) return answer;
    }
    return { mode: 'prompt', asked };
  }

  /** @returns whether there is another way to ask */
  refuse(
    { model, schema, schemaMode = 'auto' }: ModeRequest,
    { mode }: AnswerMode,
    scope: 'model' | 'schema',
  ): boolean {
    if (schemaMode !== 'auto' || mode === 'prompt' || typeof schema !== 'object') return false;
    const refusedBy = scope === 'model' ? this.#refusedBy : this.#known(schema).refusedBy;
    if (refusedBy.size >= MODELS_MAX && !refusedBy.has(model)) refusedBy.clear();
    refusedBy.set(model, new Set([...(refusedBy.get(model) ?? []), mode]));
    return true;
  }

  #known(schema: SchemaObject): KnownSchema {
    const known = this.#schemas.get(schema) ?? { asked: wrapped(schema), answers: new Map(), refusedBy: new Map() };
    this.#schemas.set(schema, known);
    return known;
  }

  /** @returns undefined if the schema does not fit into the mode */
  #in(mode: SchemaMode, { asked, answers }: KnownSchema): AnswerMode | undefined {
    if (answers.has(mode)) return answers.get(mode);
    const { schemaFor } = this.#wire;
    const sent = schemaFor === undefined ? asked : schemaFor(asked, mode);
    const inWordsOnly = mode === 'prompt' || mode === 'json_object';
    const answer = inWordsOnly ? { mode, asked } : sent && { mode, asked, sent };
    answers.set(mode, answer);
    return answer;
  }
}

interface KnownSchema {
  readonly asked: SchemaObject;
  readonly answers: Map<SchemaMode, AnswerMode | undefined>;
  /** The modes in which a model rejects it. */
  readonly refusedBy: Map<string, Set<SchemaMode>>;
}

type ModeRequest = Pick<ProviderRequest, 'model' | 'schema'> & { readonly schemaMode?: SchemaModeChoice | undefined };

/** The request with the schema described in words, if the mode requires it. */
export function withSchemaAsText(request: ProviderRequest, answer: AnswerMode | undefined): ProviderRequest {
  if (answer === undefined || answer.sent !== undefined) return request;
  const { cache, messages } = request;
  // What is the same for all events comes first, where that is to be cached.
  if (cache !== undefined) return { ...request, ...inWordsFirst(messages, answer.asked, cache) };
  return { ...request, messages: inWords(messages, answer.asked) };
}

/** The SDK's options that bind the answer to the schema. */
export function answerOptions(answer: AnswerMode | undefined): Partial<SdkCallOptions> {
  if (answer === undefined || answer.mode === 'prompt') return {};
  const schema = answer.sent as SdkSchema;
  if (schema === undefined) return { responseFormat: { type: 'json' } };
  if (answer.mode !== 'tool') return { responseFormat: { type: 'json', schema, name: 'answer' } };
  const description = 'Gives the answer.';
  return {
    tools: [{ type: 'function', name: ANSWER_TOOL, description, inputSchema: schema }],
    toolChoice: { type: 'tool', toolName: ANSWER_TOOL },
  };
}

const FORMAT =
  /response[_ -]?format|json[_ ]?(?:schema|object|mode)|structured[_ ]?outputs?|response[_ ]?(?:json[_ ]?)?schema|response[_ ]?mime[_ ]?type|output[_ ]?(?:config|format)/i;
const TOOL = /tool|function/i;
const THIS_SCHEMA =
  /invalid[_ ](?:json[_ ])?(?:schema|payload)|schema is too complex|too many states|response_schema[.[]|(?:format|input)[._]schema\b/i;
/** What a server says about an answer that was invalid. */
const OTHER_MATTER = /json_validate_failed|failed to generate/i;

/**
 * Whether an error says that the model does not support this way of asking, or that it does not accept this schema; undefined if
 * it is about something else.
 *
 * @param words the provider's own
 */
export function refusalOf(status: number, words: string, { mode }: AnswerMode): 'model' | 'schema' | undefined {
  if ((status !== 400 && status !== 422) || OTHER_MATTER.test(words)) return undefined;
  if (THIS_SCHEMA.test(words)) return 'schema';
  return FORMAT.test(words) || (mode === 'tool' && TOOL.test(words)) ? 'model' : undefined;
}

/** FastAPI's list of what is wrong with a body, without the body, which FastAPI repeats. */
export function detailWords(body: unknown): string | undefined {
  const details = listAt(body, 'detail');
  if (details.length === 0) return undefined;
  return details.map((detail) => `${listAt(detail, 'loc').join('.')}: ${String(at(detail, 'msg'))}`).join('; ');
}
