import type { Json } from 'computo-js';
import type { ParsedRequest } from './parse-request.js';
import { show } from './problem.js';

/** The most texts per event: every provider accepts this many in one request. */
const TEXTS_MAX = 100;

/** @param input the result of a stage's script: a text to get the vector of, or a list of texts */
export function parseEmbedding(
  input: Json,
  { model, dimensions }: { readonly model: string; readonly dimensions?: number | undefined },
): ParsedRequest {
  const many = Array.isArray(input);
  const texts: readonly Json[] = many ? input : [input];
  if (texts.length === 0 || texts.length > TEXTS_MAX) {
    return { ok: false, problem: `the input: expected a list of 1 to ${TEXTS_MAX} texts, found ${texts.length}` };
  }
  const filled = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  if (filled.length < texts.length) {
    const wrong = texts.findIndex((text) => typeof text !== 'string' || text === '');
    const place = many ? `the input, /${wrong}` : 'the input';
    return { ok: false, problem: `${place}: expected text, found ${show(texts[wrong])}` };
  }
  const messages = filled.map((content) => ({ role: 'user' as const, content }));
  const embedding = { many, ...(dimensions !== undefined && { dimensions }) };
  return { ok: true, request: { model, messages, embedding, max_tokens: 0 } };
}
