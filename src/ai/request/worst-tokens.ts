import { billedTextOf, mediaOf, type JsonSchema, type Message, type UniversalRequest } from './request.js';

/**
 * What a chat format adds to each message: role markers and separators. OpenAI's own count is 3 tokens per message and 3 for
 * the answer's start; templates of open models take up to 8.
 */
const MESSAGE_OVERHEAD = 16;
/**
 * Tokens that a provider adds before a request: a date line, a template's preamble; with a schema, also instructions for
 * structured output. Anthropic documents up to about 700 tokens for the latter.
 */
const REQUEST_OVERHEAD = 64;
const SCHEMA_OVERHEAD = 1024;
/** Tokens that providers add if there are tools: Anthropic documents up to about 700. */
const TOOLS_OVERHEAD = 1024;
/**
 * The most tokens that an image is billed as: a large one in high detail, by OpenAI's small models, which bill it as more tokens
 * than others do.
 */
const IMAGE_TOKENS_MAX = 50_000;
/** For a document or recording given by its address: as many tokens as any context holds. */
const UNSEEN_TOKENS_MAX = 1_000_000;

/**
 * The most input tokens that a request can have: one per UTF-8 byte of its text, because every tokenizer in use, down to its
 * fallback for unknown text, takes at least one byte per token; and what providers add.
 */
export function inputTokensMax(request: Pick<UniversalRequest, 'messages' | 'tools'>, schema?: JsonSchema): number {
  const messages = request.messages.reduce(
    (sum, message) => sum + Buffer.byteLength(billedTextOf(message)) + MESSAGE_OVERHEAD + mediaTokensMax(message),
    0,
  );
  const structure = schema === undefined ? 0 : Buffer.byteLength(JSON.stringify(schema)) + SCHEMA_OVERHEAD;
  const tools = request.tools === undefined ? 0 : Buffer.byteLength(JSON.stringify(request.tools)) + TOOLS_OVERHEAD;
  return REQUEST_OVERHEAD + messages + structure + tools;
}

/** A page of a document, or a tenth of a second of a recording, takes hardly fewer bytes than it has tokens. */
function mediaTokensMax(message: Message): number {
  return mediaOf(message).reduce((sum, { type, data }) => {
    if (type === 'image') return sum + IMAGE_TOKENS_MAX;
    return sum + (data === undefined ? UNSEEN_TOKENS_MAX : Math.max(IMAGE_TOKENS_MAX, data.length));
  }, 0);
}
