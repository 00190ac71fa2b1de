import { textOf, type JsonSchema, type UniversalRequest } from './request.js';

/**
 * What a chat format adds to each message: role markers and separators. OpenAI's own count is 3 tokens per message and 3 for
 * the answer's start; templates of open models take up to 8.
 */
const MESSAGE_OVERHEAD = 16;
/**
 * What a provider adds before a request: a date line, a template's preamble; and, with a schema, instructions for
 * structured output. Anthropic documents up to about 700 tokens for the latter.
 */
const REQUEST_OVERHEAD = 64;
const SCHEMA_OVERHEAD = 1024;

/**
 * The most input tokens that a request can have: one per UTF-8 byte of its text, because every tokenizer in use, down to its
 * fallback for unknown text, takes at least one byte per token; and what providers add.
 */
export function inputTokensMax(request: Pick<UniversalRequest, 'messages'>, schema?: JsonSchema): number {
  const messages = request.messages.reduce(
    (sum, message) => sum + Buffer.byteLength(textOf(message)) + MESSAGE_OVERHEAD,
    0,
  );
  const structure = schema === undefined ? 0 : Buffer.byteLength(JSON.stringify(schema)) + SCHEMA_OVERHEAD;
  return REQUEST_OVERHEAD + messages + structure;
}
