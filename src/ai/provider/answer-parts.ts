import { at, isObject, parsed, textAt } from './read-json.js';

/** A function that the model asks to be called. */
export interface ToolCall {
  /** The provider's name for this call; null: it has none. */
  readonly id: string | null;
  readonly name: string;
  /** JSON; text where the model wrote none that can be parsed. */
  readonly arguments: unknown;
}

/** What an answer says besides its text. */
export interface AnswerParts {
  /** What the model thought, where the provider shows it. */
  readonly reasoning?: string;
  readonly tool_calls?: readonly ToolCall[];
  /** As the provider has them. */
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

/** The texts under one key of those parts that have it, joined. */
export function textUnder(parts: readonly unknown[], key: string): string {
  return parts.map((part) => textAt(part, key) ?? '').join('');
}

/** The parts of an answer that are of a kind. */
export function partsOfType(parts: readonly unknown[], type: string): readonly unknown[] {
  return parts.filter((part) => at(part, 'type') === type);
}
