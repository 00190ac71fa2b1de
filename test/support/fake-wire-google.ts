import {
  deviation,
  jsonOf,
  fields,
  is,
  list,
  piecesOf,
  type Checks,
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
  answer: ({ id, model, text, finish, calls, thoughts, usage, tool, vectors }) => ({
    usageKey: 'usageMetadata',
    body:
      vectors !== undefined
        ? vectorsBody(vectors)
        : {
            responseId: id,
            modelVersion: model,
            candidates: [
              {
                index: 0,
                finishReason: FINISH[finish],
                content: {
                  role: 'model',
                  parts: [
                    ...(thoughts === undefined ? [] : [{ text: thoughts, thought: true }]),
                    ...(calls?.map((call) => ({
                      functionCall: { id: call.id, name: call.name, args: call.arguments },
                    })) ?? [partOf(text, tool)]),
                  ],
                },
              },
            ],
            // A fifth of the output is thought, which is counted apart.
            usageMetadata: {
              promptTokenCount: usage.input,
              candidatesTokenCount: usage.output - Math.floor(usage.output / 5),
              thoughtsTokenCount: Math.floor(usage.output / 5),
              totalTokenCount: usage.input + usage.output,
              ...(usage.cacheRead !== undefined && { cachedContentTokenCount: usage.cacheRead }),
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
  const pieces = list(fields(content)['parts']).flatMap((part) => {
    const { text, ...more } = fields(part);
    return is.anyText(text) ? piecesOf(text).map((piece) => ({ ...more, text: piece })) : [part];
  });
  const { promptTokenCount } = fields(usageMetadata);
  const response = (
    part: unknown,
    more = {},
    usage: unknown = { promptTokenCount, totalTokenCount: promptTokenCount },
  ) => ({
    data: {
      candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...more }],
      ...head,
      ...(usageMetadata !== undefined && { usageMetadata: usage }),
    },
  });
  return [
    ...pieces.slice(0, -1).map((part) => response(part)),
    response(pieces.at(-1) ?? { text: '' }, { finishReason }, usageMetadata),
  ];
}

/** Without usage: Google does not tell it. */
function vectorsBody([first, ...others]: readonly (readonly number[])[]): Record<string, unknown> {
  if (others.length === 0) return { embedding: { values: first } };
  return { embeddings: [first, ...others].map((values) => ({ values })) };
}

const EMBED_PATH = /^\/v1beta\/models\/([A-Za-z0-9.-]+):(embedContent|batchEmbedContents)$/;

function readVectors(model: string, isBatch: boolean, body: unknown): FakeCall | string {
  const requests = isBatch ? list(fields(body)['requests']) : [body];
  if (requests.length > 100) return 'at most 100 requests can be in one batch';
  if (requests.length === 0) return 'batch is empty';
  const texts: string[] = [];
  let dimensions = 8;
  for (const request of requests) {
    const wrong = deviation(
      request,
      'request',
      { model: (name) => name === `models/${model}`, content: is.object },
      { outputDimensionality: is.count },
    );
    if (wrong !== undefined) return wrong;
    const { content, outputDimensionality } = fields(request);
    const { text } = fields(list(fields(content)['parts'])[0]);
    if (!is.text(text)) return 'content is empty';
    texts.push(text);
    if (is.count(outputDimensionality)) dimensions = outputDimensionality;
  }
  return { model, texts, outputTokensMax: 0, wantsJson: false, body, stream: false, dimensions };
}

function read({ path, body }: FakeHttpRequest): FakeCall | string {
  const [, embedder, verb] = EMBED_PATH.exec(path) ?? [];
  if (embedder !== undefined) return readVectors(embedder, verb === 'batchEmbedContents', body);
  const [, model, stream] = PATH.exec(path) ?? [];
  if (model === undefined) return `no such path: ${path}`;
  const wrong = deviation(
    body,
    'body',
    { contents: is.filledList, generationConfig: is.object },
    { systemInstruction: is.object, tools: is.maps, toolConfig: is.object, safetySettings: is.filledList },
  );
  if (wrong !== undefined) return wrong;
  const { contents, generationConfig, systemInstruction, tools, toolConfig } = fields(body);
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
      thinkingConfig: (config) =>
        deviation(
          config,
          'thinkingConfig',
          {},
          {
            thinkingBudget: Number.isInteger,
            thinkingLevel: (level) => ['minimal', 'low', 'medium', 'high'].includes(String(level)),
            includeThoughts: is.flag,
          },
        ) === undefined,
    },
  );
  if (badConfig !== undefined) return badConfig;
  const texts = list(fields(systemInstruction)['parts']).map((part) => String(fields(part)['text']));
  let role = 'model';
  for (const [i, content] of list(contents).entries()) {
    // Behind the results of functions the user may go on.
    const goesOn = answersFunctions(list(contents)[i - 1]) && fields(content)['role'] === 'user';
    role = role === 'model' || goesOn ? 'user' : 'model';
    const badContent = deviation(content, `contents[${i}]`, { role: (value) => value === role, parts: is.filledList });
    if (badContent !== undefined) return badContent;
    for (const part of list(fields(content)['parts'])) {
      const { text, inlineData, fileData } = fields(part);
      if (is.anyText(text)) texts.push(text);
      else if (!isBytes(inlineData) && !isAddress(fileData) && !isFunctionPart(part, role))
        return `contents[${i}] is not as documented`;
    }
  }
  const { maxOutputTokens, responseMimeType, responseSchema } = fields(generationConfig);
  const refusal = schemaRefusal(responseSchema);
  if (refusal !== undefined) return refusal;
  const offered = fields(list(fields(list(tools)[0])['functionDeclarations'])[0]);
  const calling = fields(fields(toolConfig)['functionCallingConfig']);
  const tool = calling['mode'] === 'ANY' ? String(offered['name']) : undefined;
  return {
    model,
    texts,
    outputTokensMax: Number(maxOutputTokens),
    wantsJson: responseMimeType !== undefined,
    body,
    stream: stream !== undefined,
    tool,
    format:
      tool !== undefined
        ? 'tool'
        : responseSchema !== undefined
          ? 'json_schema'
          : responseMimeType !== undefined
            ? 'json_object'
            : undefined,
    schema: responseSchema ?? offered['parameters'],
  };
}

function answersFunctions(content: unknown): boolean {
  return list(fields(content)['parts']).some((part) => fields(part)['functionResponse'] !== undefined);
}

/** A call that the model made, or what the user says that it came to. */
function isFunctionPart(part: unknown, role: string): boolean {
  const shape: Checks =
    role === 'model'
      ? {
          functionCall: (call) =>
            deviation(call, 'call', { name: is.text, args: is.object }, { id: is.text }) === undefined,
        }
      : {
          functionResponse: (response) =>
            deviation(response, 'response', { name: is.text, response: is.object }, { id: is.text }) === undefined,
        };
  return deviation(part, 'part', shape) === undefined;
}

/** Why it refuses a schema: it knows a part of OpenAPI's keywords, and lists texts only. */
function schemaRefusal(schema: unknown): string | undefined {
  if (schema === undefined) return undefined;
  const wrong = deviation(
    schema,
    'responseSchema',
    {},
    {
      type: is.text,
      description: is.text,
      nullable: is.flag,
      format: (format) => ['date-time', 'float', 'double', 'int32', 'int64'].includes(String(format)),
      enum: is.texts,
      required: is.texts,
      properties: is.object,
      items: is.object,
      anyOf: is.filledList,
      minLength: Number.isInteger,
    },
  );
  if (wrong !== undefined) return wrong;
  const { type, enum: listed, properties, items, anyOf } = fields(schema);
  if (listed !== undefined && type !== 'string') return 'responseSchema.enum: only allowed for STRING type';
  return [...Object.values(fields(properties)), ...list(anyOf), items]
    .map(schemaRefusal)
    .find((one) => one !== undefined);
}

function partOf(text: string, tool: string | undefined): unknown {
  return tool === undefined ? { text } : { functionCall: { name: tool, args: jsonOf(text) ?? {} } };
}

function isBytes(data: unknown): boolean {
  return deviation(data, 'inlineData', { mimeType: is.text, data: is.text }) === undefined;
}

function isAddress(data: unknown): boolean {
  return deviation(data, 'fileData', { mimeType: is.text, fileUri: is.text }) === undefined;
}
