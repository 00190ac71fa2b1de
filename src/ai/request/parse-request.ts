import { NumberText, type Json, type JsonObject } from 'computo-js';
import type { Message, Sampling, MessagePart, UniversalRequest } from './request.js';

export type ParsedRequest =
  | { readonly ok: true; readonly request: UniversalRequest }
  /** `problem` says where in the request, what is wrong, and what is expected. */
  | { readonly ok: false; readonly problem: string };

const ROLES = ['system', 'user', 'assistant'] as const;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** Lowest and highest value of each numeric parameter; `integer` ones take no fraction. */
const NUMBERS = {
  max_tokens: { min: 1, max: 10_000_000, integer: true },
  temperature: { min: 0, max: 2, integer: false },
  top_p: { min: 0, max: 1, integer: false },
  top_k: { min: 1, max: 1_000_000, integer: true },
  presence_penalty: { min: -2, max: 2, integer: false },
  frequency_penalty: { min: -2, max: 2, integer: false },
  seed: { min: -(2 ** 53), max: 2 ** 53, integer: true },
} as const satisfies Record<string, Bounds>;

type NumberKey = keyof typeof NUMBERS;
const NUMBER_KEYS = Object.keys(NUMBERS).filter((key): key is NumberKey => key in NUMBERS);
const KEYS = ['provider', 'model', 'messages', 'stop', ...NUMBER_KEYS];

class Problem extends Error {}

/**
 * Checks the request that a stage's script made. A key with the value null counts as missing, as scripts that copy optional fields
 * need.
 *
 * @param defaultModel the model for requests that name none
 */
export function parseRequest(value: Json, defaultModel?: string): ParsedRequest {
  try {
    return { ok: true, request: read(objectAt(value, 'the request'), defaultModel) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.message };
    throw error;
  }
}

function read(object: JsonObject, defaultModel: string | undefined): UniversalRequest {
  for (const key of Object.keys(object)) {
    if (!KEYS.includes(key)) throw new Problem(`/${key}: unknown parameter; the parameters are ${KEYS.join(', ')}`);
  }
  const provider = textAt(object, 'provider');
  const model = textAt(object, 'model') ?? defaultModel;
  if (model === undefined) throw new Problem('/model: missing; name a model here or for the stage');
  const messages = object['messages'];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Problem('/messages: expected a list of at least one message {"role": …, "content": …}');
  }
  return {
    ...(provider !== undefined && { provider }),
    model,
    messages: messages.map((message: Json, i) => messageAt(message, `/messages/${i}`)),
    ...numbersOf(object),
    ...stopOf(object),
  };
}

function messageAt(value: Json, place: string): Message {
  const object = objectAt(value, place);
  for (const key of Object.keys(object)) {
    if (key !== 'role' && key !== 'content')
      throw new Problem(`${place}/${key}: unknown key; a message has role and content`);
  }
  const role = ROLES.find((known) => known === object['role']);
  if (role === undefined)
    throw new Problem(`${place}/role: expected one of ${ROLES.join(', ')}, found ${show(object['role'])}`);
  const content = object['content'];
  if (typeof content === 'string') return { role, content };
  if (!Array.isArray(content)) throw new Problem(`${place}/content: expected text, found ${show(content)}`);
  return { role, content: content.map((part: Json, i) => partAt(part, `${place}/content/${i}`)) };
}

function partAt(value: Json, place: string): MessagePart {
  const { type, text } = objectAt(value, place);
  if (type !== 'text' || typeof text !== 'string') throw new Problem(`${place}: expected {"type": "text", "text": …}`);
  return { type, text };
}

function numbersOf(object: JsonObject): Partial<Record<NumberKey, number>> {
  const found: Partial<Record<NumberKey, number>> = {};
  for (const key of NUMBER_KEYS) {
    const { min, max, integer }: Bounds = NUMBERS[key];
    const value = object[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number' || value < min || value > max || (integer && !Number.isInteger(value))) {
      throw new Problem(
        `/${key}: expected ${integer ? 'an integer' : 'a number'} from ${min} to ${max}, found ${show(value)}`,
      );
    }
    found[key] = value;
  }
  return found;
}

function stopOf(object: JsonObject): Pick<Sampling, 'stop'> {
  const value = object['stop'];
  if (value === undefined || value === null) return {};
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const stop = list.filter((text) => typeof text === 'string');
  if (stop.length !== list.length) throw new Problem(`/stop: expected text or a list of texts, found ${show(value)}`);
  return { stop };
}

function textAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw new Problem(`/${key}: expected text, found ${show(value)}`);
  return value;
}

function objectAt(value: Json, place: string): JsonObject {
  if (!isObject(value)) throw new Problem(`${place}: expected an object, found ${show(value)}`);
  return value;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

function show(value: Json | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value === '' ? 'empty text' : 'text';
    case 'object':
      if (value === null) return 'null';
      if (value instanceof NumberText) return value.text;
      return Array.isArray(value) ? 'a list' : 'an object';
    default:
      return String(value);
  }
}
