import { partsOf, type Message, type MessagePart, type TextPart } from '../request/index.js';
import type { ProviderRequest } from './provider.js';

/**
 * Returns the request with one cache mark at the end of the part that all requests of its stage share: everything before a mark
 * is cached with it. A text that is shared only at its beginning is split there. Blank texts can't be marked; if all shared texts
 * are blank, the request stays unmarked.
 */
export function withCacheMark(request: ProviderRequest): ProviderRequest {
  const { cache, messages } = request;
  if (cache === undefined) return request;
  const whole = messages.slice(0, cache.messages);
  const [next, ...rest] = messages.slice(cache.messages);
  const begun = next && withMarkIn(next, cache.parts, cache.text);
  if (begun !== undefined) return { ...request, messages: [...whole, begun, ...rest] };
  for (let i = whole.length - 1; i >= 0; i--) {
    const message = whole[i];
    const marked = message && withLastMarked(message, partsOf(message).length);
    if (marked !== undefined) return { ...request, messages: messages.map((one, at) => (at === i ? marked : one)) };
  }
  return request;
}

/** Marks a message; undefined if nothing in it can be marked. */
function withMarkIn(message: Message, count: number, text: string): Message | undefined {
  const parts = partsOf(message);
  const part = parts[count];
  const isBegun = part?.type === 'text' && text.trim() !== '' && part.text.startsWith(text);
  if (!isBegun) return withLastMarked(message, count);
  const left = part.text.slice(text.length);
  const split: readonly TextPart[] =
    left.trim() === ''
      ? [{ ...part, cached: true }]
      : [
          { type: 'text', text, cached: true },
          { type: 'text', text: left },
        ];
  return { ...message, content: [...parts.slice(0, count), ...split, ...parts.slice(count + 1)] };
}

/** Marks the last text among the first `count` parts. */
function withLastMarked(message: Message, count: number): Message | undefined {
  const parts = partsOf(message);
  const at = parts.slice(0, count).findLastIndex((part) => part.type === 'text' && part.text.trim() !== '');
  if (at === -1) return undefined;
  const content = parts.map((part, i): MessagePart =>
    i === at && part.type === 'text' ? { ...part, cached: true } : part,
  );
  return { ...message, content };
}
