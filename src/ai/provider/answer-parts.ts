import { at, isObject, parsed, textAt } from './read-json.js';

/** A function call that the model requests. */
export interface ToolCall {
  /** The provider's id of this call; null if it has none. */
  readonly id: string | null;
  readonly name: string;
  /** JSON; plain text if the model wrote nothing that can be parsed. */
  readonly arguments: unknown;
}

/** The parts of an answer besides its text. */
export interface AnswerParts {
  /** The model's thoughts, if the provider shows them. */
  readonly reasoning?: string;
  readonly tool_calls?: readonly ToolCall[];
  /** In the provider's own format. */
  readonly logprobs?: unknown;
}

/** @returns undefined where there is nothing besides the text */
export function answerParts(
  reasoning: string | undefined,
  calls: readonly ToolCall[],
  logprobs?: unknown,
): AnswerParts | undefined {
  const parts: AnswerParts = {
    ...(reasoning !== undefined && reasoning !== '' && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(isObject(logprobs) && { logprobs }),
  };
  return Object.keys(parts).length === 0 ? undefined : parts;
}

/** @param input the arguments, as JSON or as its text */
export function toolCall(id: string | undefined, name: string | undefined, input: unknown): ToolCall {
  const value = typeof input === 'string' ? (parsed(input === '' ? '{}' : input) ?? input) : (input ?? {});
  return { id: id ?? null, name: name ?? '', arguments: value };
}

/** Joins the texts under a key of the parts that have it. */
export function textUnder(parts: readonly unknown[], key: string): string {
  return parts.map((part) => textAt(part, key) ?? '').join('');
}

/** The parts of an answer that have a given type. */
export function partsOfType(parts: readonly unknown[], type: string): readonly unknown[] {
  return parts.filter((part) => at(part, 'type') === type);
}
