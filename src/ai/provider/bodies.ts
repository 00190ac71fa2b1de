import { WRAPPED } from '../schema/index.js';
import { isObject, parsed } from './read-json.js';

/** What is wrong with an answer that comes as a success. */
export type AnswerDefect = 'refusal' | 'cut off' | 'content filter' | 'no usage' | 'wrong usage';

/** The bodies that a kind of provider sends, for tests of pipelines that ask none. */
export interface WireBodies {
  /**
   * The body of a success.
   *
   * @param request the body of the request
   */
  answer(text: string, tokens: BodyTokens, request: unknown): unknown;
  /** How many texts a request for vectors has. Absent: it has no vectors. */
  textsIn?(request: unknown): number;
  /** The body of a success with a vector for each text of a request. */
  vectors?(vectors: readonly (readonly number[])[], tokens: BodyTokens, request: unknown): unknown;
  /**
   * The body of an error.
   *
   * @param code the provider's word for it. Each kind says in its own way what these mean: `insufficient_quota`,
   *   `context_length_exceeded` and, where there are quotas for a day, `quota_exhausted`
   */
  error(status: number, code: string | undefined, message: string): unknown;
  /** The body of a success, as it would be with a defect. */
  withDefect(body: unknown, defect: AnswerDefect): unknown;
}

export interface BodyTokens {
  readonly input: number;
  readonly output: number;
}

/** An answer as the arguments of a function, which are always an object: as `wrapped` makes the schema one. */
export function asArguments(text: string): unknown {
  const value = parsed(text) ?? text;
  return isObject(value) ? value : { [WRAPPED]: value };
}

/** A text that an answer was cut off in. */
export function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

/** A copy with other members. */
export function changed(value: unknown, members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(typeof value === 'object' && value !== null ? value : {}), ...members };
}

/** A usage that no answer has. */
export const WRONG_TOKENS = -1;
