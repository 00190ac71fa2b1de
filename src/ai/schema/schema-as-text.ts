import type { SchemaObject } from '../../config/answer-schema/index.js';
import type { CachePrefix, Message } from '../request/index.js';

/**
 * The messages with a schema described in words at the end of the last one, because not every model accepts a system message. The
 * words include JSON, which OpenAI requires if an answer must be a JSON object.
 */
export function schemaAsText(messages: readonly Message[], schema: SchemaObject): readonly Message[] {
  const text = wordsOf(schema);
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: text }];
  const content =
    typeof last.content === 'string'
      ? `${last.content}\n\n${text}`
      : [...last.content, { type: 'text' as const, text }];
  return [...messages.slice(0, -1), { ...last, content }];
}

/** As {@link schemaAsText}, at the beginning of the first message: what a cache is to keep is longer by it. */
export function inWordsFirst(
  messages: readonly Message[],
  schema: SchemaObject,
  cache: CachePrefix,
): { readonly messages: readonly Message[]; readonly cache: CachePrefix } {
  const text = wordsOf(schema);
  const [first, ...others] = messages;
  if (first === undefined || (first.role !== 'system' && first.role !== 'user')) {
    return {
      messages: [{ role: 'user', content: text }, ...messages],
      cache: { ...cache, messages: cache.messages + 1 },
    };
  }
  const isBegun = cache.messages === 0;
  if (typeof first.content === 'string') {
    const content = `${text}\n\n${first.content}`;
    const longer = isBegun && cache.parts === 0 ? { ...cache, text: `${text}\n\n${cache.text}` } : cache;
    return { messages: [{ ...first, content }, ...others], cache: longer };
  }
  const content = [{ type: 'text' as const, text: `${text}\n\n` }, ...first.content];
  const longer = isBegun ? { ...cache, parts: cache.parts + 1 } : cache;
  return { messages: [{ ...first, content }, ...others], cache: longer };
}

function wordsOf(schema: SchemaObject): string {
  return `Answer with nothing but JSON that satisfies this JSON Schema:\n${JSON.stringify(schema)}`;
}
