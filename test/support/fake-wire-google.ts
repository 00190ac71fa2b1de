import {
  deviation,
  fields,
  is,
  list,
  piecesOf,
  type FakeCall,
  type FakeEvent,
  type FakeFinish,
  type FakeHttpRequest,
  type FakeWire,
} from './fake-wire.js';

const FINISH: Record<FakeFinish, string> = {
  complete: 'STOP',
  truncated: 'MAX_TOKENS',
  filtered: 'SAFETY',
  refused: 'PROHIBITED_CONTENT',
};
const PATH = /^\/v1beta\/models\/([A-Za-z0-9.-]+):(?:generateContent|(streamGenerateContent\?alt=sse))$/;

/** Google's Gemini. */
export const googleWire: FakeWire = {
  basePath: '/v1beta',
  requestIdHeader: 'x-goog-request-id',
  authorized: ({ headers, path }, apiKey) => headers['x-goog-api-key'] === apiKey && !path.includes(apiKey),
  read,
  answer: ({ id, model, text, finish, usage }) => ({
    usageKey: 'usageMetadata',
    body: {
      responseId: id,
      modelVersion: model,
      candidates: [{ index: 0, finishReason: FINISH[finish], content: { role: 'model', parts: [{ text }] } }],
      // A fifth of the output is thought, which is counted apart.
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: usage.output - Math.floor(usage.output / 5),
        thoughtsTokenCount: Math.floor(usage.output / 5),
        totalTokenCount: usage.input + usage.output,
      },
    },
  }),
  events,
  error: (status, type, message) => ({ error: { code: status, status: type, message, details: [] } }),
  rateHeaders: () => ({}),
};

/** Responses that have a piece of the text each, and the counts so far. */
function events(body: Record<string, unknown>): readonly FakeEvent[] {
  const { candidates, usageMetadata, ...head } = body;
  const { finishReason, content } = fields(list(candidates)[0]);
  const pieces = piecesOf(
    list(fields(content)['parts'])
      .map((part) => String(fields(part)['text']))
      .join(''),
  );
  const { promptTokenCount } = fields(usageMetadata);
  const response = (
    text: string,
    more = {},
    usage: unknown = { promptTokenCount, totalTokenCount: promptTokenCount },
  ) => ({
    data: {
      candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
      ...head,
      ...(usageMetadata !== undefined && { usageMetadata: usage }),
    },
  });
  return [
    ...pieces.slice(0, -1).map((text) => response(text)),
    response(pieces.at(-1) ?? '', { finishReason }, usageMetadata),
  ];
}

function read({ path, body }: FakeHttpRequest): FakeCall | string {
  const [, model, stream] = PATH.exec(path) ?? [];
  if (model === undefined) return `no such path: ${path}`;
  const wrong = deviation(
    body,
    'body',
    { contents: is.filledList, generationConfig: is.object },
    { systemInstruction: is.object },
  );
  if (wrong !== undefined) return wrong;
  const { contents, generationConfig, systemInstruction } = fields(body);
  const badConfig = deviation(
    generationConfig,
    'generationConfig',
    { maxOutputTokens: is.count },
    {
      temperature: is.number,
      topP: is.number,
      topK: is.count,
      presencePenalty: is.number,
      frequencyPenalty: is.number,
      seed: Number.isInteger,
      stopSequences: is.texts,
      responseMimeType: (type) => type === 'application/json',
      responseSchema: is.object,
    },
  );
  if (badConfig !== undefined) return badConfig;
  const texts = list(fields(systemInstruction)['parts']).map((part) => String(fields(part)['text']));
  for (const [i, content] of list(contents).entries()) {
    const role = i % 2 === 0 ? 'user' : 'model';
    const badContent = deviation(content, `contents[${i}]`, { role: (value) => value === role, parts: is.filledList });
    if (badContent !== undefined) return badContent;
    texts.push(...list(fields(content)['parts']).map((part) => String(fields(part)['text'])));
  }
  const { maxOutputTokens, responseMimeType } = fields(generationConfig);
  return {
    model,
    texts,
    outputTokensMax: Number(maxOutputTokens),
    wantsJson: responseMimeType !== undefined,
    stream: stream !== undefined,
  };
}
