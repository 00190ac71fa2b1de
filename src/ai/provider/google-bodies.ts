import { ANSWER_TOOL } from './answer-mode.js';
import { asArguments, changed, firstHalf, WRONG_TOKENS, type WireBodies } from './bodies.js';
import { at, listAt, textAt } from './read-json.js';

/** What Google's Gemini answers. */
export const contentBodies: WireBodies = {
  answer(text, { input, output }, request) {
    const names = listAt(request, 'toolConfig', 'functionCallingConfig', 'allowedFunctionNames');
    const part = names.includes(ANSWER_TOOL)
      ? { functionCall: { name: ANSWER_TOOL, args: asArguments(text) } }
      : { text };
    return {
      candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
    };
  },
  textsIn: (request) => Math.max(1, listAt(request, 'requests').length),
  vectors(vectors, { input }, request) {
    const embeddings = vectors.map((values) => ({ values }));
    const answer = at(request, 'requests') === undefined ? { embedding: embeddings[0] } : { embeddings };
    return { ...answer, usageMetadata: { promptTokenCount: input } };
  },
  error(status, code, message) {
    const body = (words: string, details: readonly unknown[] = []): unknown => ({
      error: { code: status, message: words, status: code ?? 'TEST', details },
    });
    const quota = (violation: unknown): unknown => body(message, [{ violations: [violation] }]);
    switch (code) {
      case 'insufficient_quota':
        return quota({ quotaId: 'RequestsPerDay', quotaValue: '0' });
      case 'quota_exhausted':
        return quota({ quotaId: 'GenerateRequestsPerDayPerProject', quotaValue: '100' });
      case 'context_length_exceeded':
        return body('the input token count exceeds the maximum number of tokens');
      default:
        return body(message);
    }
  },
  withDefect(body, defect) {
    const [candidate, ...others] = listAt(body, 'candidates');
    const withCandidate = (members: Readonly<Record<string, unknown>>): unknown =>
      changed(body, { candidates: [changed(candidate, members), ...others] });
    switch (defect) {
      // Google has one word for both.
      case 'refusal':
      case 'content filter':
        return withCandidate({ content: {}, finishReason: 'SAFETY' });
      case 'cut off': {
        const text = firstHalf(textAt(candidate, 'content', 'parts', 0, 'text') ?? '');
        return withCandidate({ content: { role: 'model', parts: [{ text }] }, finishReason: 'MAX_TOKENS' });
      }
      case 'no usage':
        return changed(body, { usageMetadata: undefined });
      case 'wrong usage': {
        const usage = changed(at(body, 'usageMetadata'), { promptTokenCount: WRONG_TOKENS });
        return changed(body, { usageMetadata: usage });
      }
    }
  },
};
