import type { Json, JsonObject } from 'computo-js';
import { notExtra, NUMBERS, unknownMember } from './members.js';
import { contentAt, messageAt, type ReadPart } from './parse-message.js';
import { requireResults } from './parse-tool-message.js';
import { toolsOf } from './parse-tools.js';
import { objectAt, plain, Problem, show, textAt } from './problem.js';
import { REASONING_EFFORTS, type Message, type Sampling, type UniversalRequest } from './request.js';

export type ParsedRequest =
  | { readonly ok: true; readonly request: UniversalRequest }
  /** `problem` says where in the request the problem is, what it is, and what is expected. */
  | { readonly ok: false; readonly problem: string };

type NumberKey = keyof typeof NUMBERS;
const NUMBER_KEYS = Object.keys(NUMBERS).filter((key): key is NumberKey => key in NUMBERS);

export interface ParseOptions {
  /** The model for requests that name none. */
  readonly defaultModel?: string | undefined;
  /** Reads the files of message parts. Default: they are not read. */
  readonly readPart?: ReadPart | undefined;
}

const readNothing: ReadPart = () => ({ problem: 'files are not read here' });

/**
 * Checks the request that a stage made. A key with the value null counts as missing, as scripts that copy optional fields need.
 */
export function parseRequest(value: Json, { defaultModel, readPart = readNothing }: ParseOptions = {}): ParsedRequest {
  try {
    return { ok: true, request: read(objectAt(value, 'the request'), defaultModel, readPart) };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.message };
    throw error;
  }
}

function read(object: JsonObject, defaultModel: string | undefined, readPart: ReadPart): UniversalRequest {
  for (const key of Object.keys(object)) {
    const unknown = unknownMember(key);
    if (unknown !== undefined) throw new Problem(`/${key}: ${unknown.message}: ${unknown.hint}`);
  }
  const provider = textAt(object, 'provider');
  const model = textAt(object, 'model') ?? defaultModel;
  if (model === undefined) throw new Problem('/model: missing; name a model here or for the stage');
  return {
    ...(provider !== undefined && { provider }),
    model,
    messages: messagesOf(object, readPart),
    ...numbersOf(object),
    ...stopOf(object),
    ...effortOf(object),
    ...toolsOf(object),
    ...extraOf(object),
  };
}

/** `system`, then `messages`, then `prompt`. */
function messagesOf(object: JsonObject, readPart: ReadPart): readonly Message[] {
  const { messages = null, prompt = null } = object;
  if (messages !== null && !Array.isArray(messages)) {
    throw new Problem(`/messages: expected a list of messages {"role": …, "content": …}, found ${show(messages)}`);
  }
  const system = textAt(object, 'system');
  const all: Message[] = system === undefined ? [] : [{ role: 'system', content: system }];
  (messages ?? []).forEach((message: Json, i) => all.push(messageAt(message, `/messages/${i}`, readPart, all)));
  requireResults(all);
  if (prompt !== null) all.push({ role: 'user', content: contentAt(prompt, '/prompt', readPart) });
  if (prompt === '') throw new Problem('/prompt: expected text, found empty text');
  if (prompt === null && (messages === null || messages.length === 0)) {
    throw new Problem('/messages: expected a prompt, or a list of at least one message {"role": …, "content": …}');
  }
  return all;
}

function numbersOf(object: JsonObject): Partial<Record<NumberKey, number>> {
  const found: Partial<Record<NumberKey, number>> = {};
  for (const key of NUMBER_KEYS) {
    const { min, max, integer } = NUMBERS[key];
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

function effortOf(object: JsonObject): Pick<Sampling, 'reasoning_effort'> {
  const value = object['reasoning_effort'];
  if (value === undefined || value === null) return {};
  const effort = REASONING_EFFORTS.find((one) => one === value);
  if (effort === undefined) {
    throw new Problem(`/reasoning_effort: expected one of ${REASONING_EFFORTS.join(', ')}, found ${show(value)}`);
  }
  return { reasoning_effort: effort };
}

function extraOf(object: JsonObject): Pick<UniversalRequest, 'extra'> {
  const value = object['extra'];
  if (value === undefined || value === null) return {};
  const extra = objectAt(value, '/extra');
  for (const key of Object.keys(extra)) {
    const wrong = notExtra(key);
    if (wrong !== undefined) throw new Problem(`/extra/${key}: ${wrong.message}: ${wrong.hint}`);
  }
  return { extra: plain(extra) };
}
