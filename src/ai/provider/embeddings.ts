import { NO_TOKENS } from '../money/index.js';
import { textOf } from '../request/index.js';
import type { ProviderRequest } from './provider.js';
import { at, countAt, isObject, listAt, textAt } from './read-json.js';
import type { EmbeddingWire, SdkOptions, WireAnswer, WireVectors } from './wire.js';
import { writeRequest, type Additions, type WrittenRequest } from './written-request.js';

/** Writes a request for vectors. @throws Error for one that the library or the wire refuses */
export async function writeVectorRequest(
  wire: EmbeddingWire | undefined,
  settings: Omit<SdkOptions, 'fetch'>,
  { model, messages, embedding }: ProviderRequest,
  additions: Additions,
): Promise<WrittenRequest> {
  if (wire === undefined) throw new Error('it has no embeddings');
  const dimensions = embedding?.dimensions;
  const asked = {
    values: messages.map(textOf),
    ...(dimensions !== undefined && { providerOptions: wire.options(dimensions) }),
  };
  return writeRequest(
    (fetch) => wire.model({ ...settings, fetch }, model),
    (library) => library.doEmbed(asked),
    additions,
  );
}

/** Reads an answer; undefined if it does not have a vector for each of so many texts. */
export function readVectors(
  wire: EmbeddingWire | undefined,
  body: unknown,
  texts: number,
): (WireAnswer & { readonly vectors: readonly string[] }) | undefined {
  const reading = wire?.read(body);
  if (reading === undefined || reading.vectors.length !== texts) return undefined;
  const vectors = reading.vectors.map((vector) => JSON.stringify(vector));
  return { ...reading, vectors, text: '', finish: { kind: 'complete', reason: null } };
}

/** The vectors of a call as the text of its answer. @param many whether it asked for those of a list */
export function vectorsText(vectors: readonly string[], many: boolean): string {
  return many ? `[${vectors.join(',')}]` : (vectors[0] ?? '');
}

/** The vectors of OpenAI and compatible servers, which need not be in order. */
export function readOpenaiVectors(body: unknown): WireVectors | undefined {
  const data = listAt(body, 'data');
  const vectors: (readonly number[])[] = [];
  for (const [place, one] of data.entries()) {
    const vector = vectorOf(at(one, 'embedding'));
    const index = at(one, 'index') ?? place;
    if (vector === undefined || typeof index !== 'number' || vectors[index] !== undefined) return undefined;
    vectors[index] = vector;
  }
  // There is a gap, or an invalid index.
  if (vectors.length !== data.length || vectors.includes(undefined as never)) return undefined;
  const usage = at(body, 'usage');
  return { vectors, model: textAt(body, 'model'), tokens: tokensAt(usage, 'prompt_tokens'), rawUsage: usage ?? null };
}

/** Reads Google's vectors, for one text or many. The Gemini API reports tokens only for some models, in batches under another name. */
export function readGoogleVectors(body: unknown): WireVectors | undefined {
  const one = at(body, 'embedding');
  const found = (isObject(one) ? [one] : listAt(body, 'embeddings')).map((each) => vectorOf(at(each, 'values')));
  const vectors = found.filter((vector) => vector !== undefined);
  if (vectors.length !== found.length) return undefined;
  const usage = at(body, 'usageMetadata') ?? batchUsage(at(body, 'tokenCount'));
  return { vectors, model: undefined, tokens: tokensAt(usage, 'promptTokenCount'), rawUsage: usage ?? null };
}

/** @param count a 64-bit integer, which may be a text */
function batchUsage(count: unknown): unknown {
  return count === undefined || count === null ? undefined : { promptTokenCount: Number(count) };
}

function tokensAt(usage: unknown, key: string): WireVectors['tokens'] {
  const input = at(usage, key) === undefined ? undefined : countAt(usage, key);
  return input === undefined ? undefined : { ...NO_TOKENS, input };
}

function vectorOf(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((one): one is number => typeof one === 'number') ? value : undefined;
}
