import { nearest, suggestion } from '../../config/diagnostic/index.js';

/** The members that requests may have. Light: `check` asks for them. */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** Lowest and highest value of each numeric member; `integer` ones take no fraction. */
export const NUMBERS = {
  max_tokens: { min: 1, max: 10_000_000, integer: true },
  temperature: { min: 0, max: 2, integer: false },
  top_p: { min: 0, max: 1, integer: false },
  top_k: { min: 1, max: 1_000_000, integer: true },
  presence_penalty: { min: -2, max: 2, integer: false },
  frequency_penalty: { min: -2, max: 2, integer: false },
  seed: { min: -(2 ** 53), max: 2 ** 53, integer: true },
} as const satisfies Record<string, Bounds>;

export const REQUEST_MEMBERS: readonly string[] = [
  'provider',
  'model',
  'messages',
  'prompt',
  'system',
  'stop',
  'reasoning_effort',
  'tools',
  'tool_choice',
  'extra',
  ...Object.keys(NUMBERS),
];

/** Names that other programs use for members that have another name here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  max_completion_tokens: 'use max_tokens',
  max_output_tokens: 'use max_tokens',
  maxTokens: 'use max_tokens',
  response_format: 'give the stage a schema',
  functions: 'use tools',
  function_call: 'use tool_choice',
  n: 'one request has one answer: explode makes several events of one',
  stream: 'leave it out',
  logprobs: 'put it under extra; the answer then has logprobs',
};

/** The problem with an unknown member of a request. @returns undefined if it is known */
export function unknownMember(key: string): { readonly message: string; readonly hint: string } | undefined {
  if (REQUEST_MEMBERS.includes(key)) return undefined;
  const near = nearest(key, [...REQUEST_MEMBERS, ...Object.keys(OTHER_NAMES)]);
  const meant = near === undefined ? undefined : (OTHER_NAMES[near] ?? suggestion(near));
  const hint = meant ?? `put it under extra: that is sent as it is, extra: { ${key}: … }`;
  return { message: `a request has no member ${JSON.stringify(key)}`, hint };
}

/** Keys that are sent by other means, and that limits, budget and journal depend on. */
const NOT_EXTRA: readonly string[] = [
  'model',
  'messages',
  'contents',
  'n',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
];

/** The problem with a key under `extra`. @returns undefined if it is allowed there */
export function notExtra(key: string): { readonly message: string; readonly hint: string } | undefined {
  if (!NOT_EXTRA.includes(key)) return undefined;
  const hint = OTHER_NAMES[key] ?? (REQUEST_MEMBERS.includes(key) ? `set ${key} beside extra` : 'leave it out');
  return { message: `${key} can't stand under extra: limits and budget go by it`, hint };
}
