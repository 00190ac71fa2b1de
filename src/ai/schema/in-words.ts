import type { SchemaObject } from '../../config/answer-schema/index.js';
import type { Message } from '../request/index.js';

/**
 * The messages with a schema described in words at the end of the last one, because not every model accepts a system message. The
 * words include JSON, which OpenAI requires if an answer must be a JSON object.
 */
export function inWords(messages: readonly Message[], schema: SchemaObject): readonly Message[] {
  const text = `Answer with nothing but JSON that satisfies this JSON Schema:\n${JSON.stringify(schema)}`;
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: text }];
  const content =
    typeof last.content === 'string'
      ? `${last.content}\n\n${text}`
      : [...last.content, { type: 'text' as const, text }];
  return [...messages.slice(0, -1), { ...last, content }];
}
