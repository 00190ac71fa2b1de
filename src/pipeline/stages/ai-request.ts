import { fillTemplate, parsePointer, stringify, type Json, type JsonObject } from 'computo-js';
import {
  isMap,
  mediaTypeOfData,
  mediaTypeOfName,
  notExtra,
  toolProblem,
  unknownMember,
} from '../../ai/request/index.js';
import type { LiteralMedia, MemberProblem } from '../../config/kinds/index.js';
import type { ScriptPlan, TemplatePlan } from '../../config/index.js';
import type { AiStagePlan } from '../ai/ai-calls.js';
import { failureOf } from '../failure.js';
import { textOf } from '../text-of.js';
import { callsIn, type WrittenWhole } from './calls-in.js';
import { placeholdersIn } from './placeholders-in.js';
import { compileScript, type ScriptContext } from './script.js';

/** Makes a request, or a similar value, from an event. @throws EventFailure that names the stage */
export type MakeFromEvent = (data: Json, context: Json) => Json;

/** @throws ComputoError when a script can't be compiled */
export function compileRequest({ name, request, defaults }: AiStagePlan, context: ScriptContext): MakeFromEvent {
  const made = compileTemplate(request, name, context);
  const make: MakeFromEvent = 'template' in request ? (data, inputs) => withTexts(made(data, inputs), name) : made;
  return defaults === undefined ? make : (data, inputs) => withDefaults(make(data, inputs), defaults);
}

/**
 * Compiles a script, or the template that a plain map is.
 *
 * @throws ComputoError when the script can't be compiled
 */
export function compileTemplate(
  written: ScriptPlan | TemplatePlan,
  stage: string,
  context: ScriptContext,
): MakeFromEvent {
  if ('template' in written) return fromTemplate(written.template, stage);
  const script = compileScript(written, stage, context);
  return (data, inputs) => script.run(data, inputs);
}

/** Fills in the stage's defaults for members that a request lacks or has as null. */
function withDefaults(request: Json, defaults: JsonObject): Json {
  if (!isMap(request)) return request;
  const own = Object.entries(request).filter(([, value]) => value !== null);
  return { ...defaults, ...Object.fromEntries<Json>(own) };
}

function fromTemplate(template: Json, stage: string): MakeFromEvent {
  return (data) => {
    try {
      return fillTemplate(template, data);
    } catch (error) {
      throw failureOf(error, stage);
    }
  };
}

/** Converts to text what must be text: a prompt that is one placeholder may have become any value. */
function withTexts(request: Json, stage: string): Json {
  if (!isMap(request)) return request;
  const filled: Record<string, Json> = { ...request };
  const { prompt, system, messages } = filled;
  if (prompt !== undefined) filled['prompt'] = contentOf(prompt, stage);
  if (system !== undefined) filled['system'] = asText(system, stage);
  if (Array.isArray(messages)) {
    filled['messages'] = (messages as readonly Json[]).map((message) =>
      isMap(message) && message['content'] !== undefined
        ? { ...message, content: contentOf(message['content'], stage) }
        : message,
    );
  }
  return filled;
}

/** Keeps a list of parts; converts anything else that is not text to JSON text. */
function contentOf(content: Json, stage: string): Json {
  if (!Array.isArray(content)) return asText(content, stage);
  const parts: readonly Json[] = content;
  if (!parts.every((part) => isMap(part) && typeof part['type'] === 'string')) return asText(content, stage);
  return parts.map((part) =>
    isMap(part) && part['text'] !== undefined ? { ...part, text: asText(part['text'], stage) } : part,
  );
}

function asText(value: Json, stage: string): string {
  return typeof value === 'string' ? value : textOf(value, stage);
}

const WHOLE: WrittenWhole = { what: 'request', asScript: '{messages: [{role: "user", content: /text}]}' };

/** Members in which a list may begin with a word that is also the name of an operator. */
const LISTS_OF_WORDS = ['stop', 'tools', 'extra'];

/** Finds problems with a member of a request as written. */
export function memberProblems(key: string, value: Json, isTemplate: boolean): readonly MemberProblem[] {
  const unknown = unknownMember(key);
  if (unknown !== undefined) return [{ path: [], code: 'unknown-key', ...unknown }];
  if (key === 'extra' && isMap(value)) {
    return Object.keys(value).flatMap((name) => {
      const wrong = notExtra(name);
      return wrong === undefined ? [] : [{ path: [name], code: 'invalid-value' as const, ...wrong }];
    });
  }
  if (!isTemplate) return [];
  const calls = LISTS_OF_WORDS.includes(key) ? [] : callsIn(value, [], WHOLE);
  return [...calls, ...placeholdersIn(value, []), ...wrongTools(key, value)];
}

function wrongTools(key: string, value: Json): readonly MemberProblem[] {
  if ((key !== 'tools' && key !== 'tool_choice') || isOpen(value)) return [];
  const wrong = toolProblem({ [key]: value }, true);
  return wrong === undefined
    ? []
    : [{ path: parsePointer(wrong.pointer).slice(1), code: 'invalid-value', message: `${key}: ${wrong.message}` }];
}

/** Whether a part of a template depends on the event. */
export function isOpen(value: Json): boolean {
  return stringify(value).includes('${');
}

/** The parts of messages that are not text, as far as a template contains them literally. */
export function literalMedia(key: string, value: Json): readonly LiteralMedia[] {
  if (key === 'prompt') return partsIn(value, []);
  if (key !== 'messages' || !Array.isArray(value)) return [];
  return value.flatMap((message: Json, i) =>
    isMap(message) ? partsIn(message['content'] ?? null, [String(i), 'content']) : [],
  );
}

function partsIn(content: Json, path: readonly string[]): readonly LiteralMedia[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: Json, i) => {
    if (!isMap(part) || (part['type'] !== 'image' && part['type'] !== 'file' && part['type'] !== 'audio')) return [];
    const [url, file, data, wanted] = ['url', 'file', 'data', 'media_type'].map((one) => literalText(part[one]));
    const guess =
      wanted ?? (data === undefined ? undefined : mediaTypeOfData(data)) ?? mediaTypeOfName(file ?? url ?? '');
    const mediaType = guess ?? (part['type'] === 'file' ? undefined : `${part['type']}/*`);
    return mediaType === undefined ? [] : [{ path: [...path, String(i)], mediaType, url: textOrNothing(part['url']) }];
  });
}

function literalText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && !value.includes('${') ? value : undefined;
}

function textOrNothing(value: Json | undefined): string | undefined {
  return typeof value === 'string' && !value.startsWith('data:') ? value : undefined;
}
