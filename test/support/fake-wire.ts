/** What the fake understood of a request. */
export interface FakeCall {
  readonly model: string;
  readonly texts: readonly string[];
  /** The function that it forces the model to call. */
  readonly tool?: string | undefined;
  readonly outputTokensMax: number;
  readonly wantsJson: boolean;
  /** How it binds the answer to a schema. */
  readonly format?: FakeFormat | undefined;
  /** The schema that it sends for it. */
  readonly schema?: unknown;
  /** It asks for vectors of so many dimensions, one for each text. */
  readonly dimensions?: number;
  /** The body of the request. */
  readonly body: unknown;
  /** What it asks to be cached: all up to its last mark. */
  readonly cached?: string | undefined;
  /** So many of its texts are before that mark. */
  readonly cachedTexts?: number | undefined;
  /** Whether the answer is to come as a stream of events. */
  readonly stream: boolean;
}

/** What the fake asks to be called. */
export interface FakeToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type FakeFormat = 'strict' | 'json_schema' | 'json_object' | 'tool';

export type FakeFinish = 'complete' | 'truncated' | 'filtered' | 'refused';

export interface FakeUsage {
  /** All of it, cached or not. */
  readonly input: number;
  /** Of the input, what was found in the cache, and what was written to it. */
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly output: number;
}

export interface FakeAnswer {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly finish: FakeFinish;
  /** Asked for in place of a text. */
  readonly calls?: readonly FakeToolCall[];
  /** Told besides the text. */
  readonly thoughts?: string;
  readonly usage: FakeUsage;
  /** In place of a text. */
  readonly vectors?: readonly (readonly number[])[];
  /** The function that must be called with the answer. */
  readonly tool?: string | undefined;
}

export interface FakeHttpRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** One provider's documented wire, seen from the other side. */
export interface FakeWire {
  /** What a client configures as its base URL, after the address. */
  readonly basePath: string;
  /** Reads a request; a text says how it deviates from the documentation. */
  read(request: FakeHttpRequest): FakeCall | string;
  /** Whether the request carries this key, where the documentation wants it. */
  authorized(request: FakeHttpRequest, apiKey: string): boolean;
  answer(answer: FakeAnswer): { readonly body: Record<string, unknown>; readonly usageKey: string };
  /** The events of an answer with this body, streamed. */
  events(body: Record<string, unknown>): readonly FakeEvent[];
  error(status: number, type: string, message: string): Record<string, unknown>;
  readonly requestIdHeader: string;
  rateHeaders(limits: { readonly limit: number; readonly remaining: number }): Readonly<Record<string, string>>;
}

/** One event of a stream. */
export interface FakeEvent {
  readonly name?: string;
  /** As it is, if it is text. */
  readonly data: unknown;
}

/** A text in pieces of a few characters, as models write it. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/[^]{1,5}/gu) ?? [];
}

/** What the value under each key must be. */
export type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

/** Checks that an object has just these keys, the required ones among them, and that each passes its check. */
export function deviation(value: unknown, place: string, required: Checks, optional: Checks = {}): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${place} is not an object`;
  for (const key of Object.keys(required)) if (!Object.hasOwn(value, key)) return `${place}.${key} is missing`;
  for (const [key, inner] of Object.entries(value)) {
    const check = required[key] ?? optional[key];
    if (check === undefined) return `${place}.${key} is not documented`;
    if (!check(inner)) return `${place}.${key} is not as documented: ${JSON.stringify(inner).slice(0, 200)}`;
  }
  return undefined;
}

export const is = {
  text: (value: unknown): value is string => typeof value === 'string' && value !== '',
  anyText: (value: unknown): value is string => typeof value === 'string',
  number: (value: unknown): value is number => typeof value === 'number',
  count: (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0,
  flag: (value: unknown): value is boolean => typeof value === 'boolean',
  object: (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
  maps: (value: unknown): value is Record<string, unknown>[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => is.object(one)),
  texts: (value: unknown): value is string[] => Array.isArray(value) && value.every((text) => typeof text === 'string'),
  filledList: (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0,
};

/** The value's own properties, for reading foreign JSON key by key. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return is.object(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Undefined for what is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
