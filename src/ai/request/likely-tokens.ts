import { billedTextOf, mediaOf, type JsonSchema, type Message, type UniversalRequest } from './request.js';

/** Longer texts are extrapolated from their start: a tokenizer's time grows with the text, an estimate's value does not. */
const COUNTED_CHARACTERS_MAX = 100_000;
const PER_MESSAGE = 4;

/** Counts the tokens that a request is likely to have. */
export type TokenCounter = (request: Pick<UniversalRequest, 'messages'>, schema?: JsonSchema) => number;

/**
 * Loads one tokenizer (o200k) for all models: for other vendors' models its count is an estimate, good enough to choose a
 * provider and to predict a bill. The usage in the answer decides.
 */
export async function loadTokenCounter(): Promise<TokenCounter> {
  const [{ TokenTable }, { readTokens }] = await Promise.all([import('./token-table.js'), import('./read-tokens.js')]);
  const table = new TokenTable(await readTokens());
  const count = (text: string): number => {
    const counted = text.slice(0, COUNTED_CHARACTERS_MAX);
    if (counted.length === 0) return 0;
    return Math.ceil((table.count(counted) * text.length) / counted.length);
  };
  return (request, schema) =>
    request.messages.reduce(
      (sum, message) => sum + count(billedTextOf(message)) + mediaTokens(message) + PER_MESSAGE,
      PER_MESSAGE,
    ) + (schema === undefined ? 0 : count(JSON.stringify(schema)));
}

/** A quick estimate, four characters per token: good enough to compare providers. */
export function roughTokens(request: Pick<UniversalRequest, 'messages'>): number {
  return Math.ceil(
    request.messages.reduce((sum, message) => sum + billedTextOf(message).length / 4 + mediaTokens(message), 0),
  );
}

/** What a usual picture, a short document and a minute of speech are billed as. */
const MEDIA_TOKENS = { image: 1000, file: 4000, audio: 1500 } as const;

function mediaTokens(message: Message): number {
  return mediaOf(message).reduce((sum, { type }) => sum + MEDIA_TOKENS[type], 0);
}
