import { createHmac } from 'node:crypto';
import { createBatchHttp, type BatchHttp } from './batch-http.js';
import type { BatchWire } from './batch-wire.js';
import { answerMasks, masked, maskedFinish } from './masked.js';
import { vectorsText } from './embeddings.js';
import type {
  ApiKey,
  AskedVectors,
  BatchRequest,
  ProviderBatches,
  ProviderOptions,
  ProviderRequest,
} from './provider.js';
import { textAt } from './read-json.js';
import { keysIn, revealed } from './revealed.js';
import type { WireAnswer } from './wire.js';

export interface BatchesOf {
  readonly options: ProviderOptions;
  readonly baseUrl: string;
  /** The provider's name in messages. */
  readonly name: string;
  readonly key: ApiKey | undefined;
}

/** The part of the wire that live requests and requests of a batch share. */
export interface LiveWire {
  write(request: ProviderRequest): Promise<BatchRequest>;
  read(body: unknown): WireAnswer | undefined;
  /** Undefined if there is not a vector for each text. */
  readVectors(body: unknown, texts: number): (WireAnswer & { readonly vectors: readonly string[] }) | undefined;
}

/** The service tier of batches, whose price was reserved. */
const BATCH_TIERS = ['batch'];

const MARK_DIGITS = 8;

export function createProviderBatches(
  wire: BatchWire,
  { options, baseUrl, name, key }: BatchesOf,
  live: LiveWire,
): ProviderBatches {
  const { headers = {}, query = {}, timeouts, network } = options;
  let secrets: readonly string[] = [...Object.values(headers), ...Object.values(query)];
  const keyText = async (): Promise<string> => {
    const found = await revealed(key);
    if ('problem' in found) throw new Error(found.problem);
    secrets = [found.apiKey, ...Object.values(headers), ...Object.values(query)];
    return found.apiKey.trim();
  };
  const maskFor = answerMasks([...keysIn(headers), ...keysIn(query)]);
  let opened: BatchHttp | undefined;
  const http = (): BatchHttp =>
    (opened ??= createBatchHttp({
      baseUrl,
      network,
      idleMs: timeouts.totalMs,
      query,
      headers: async () => ({ ...wire.authorize(await keyText()), ...headers }),
      statusOf: wire.statusOf,
      mask: (text) => masked(`${name}: ${text}`, secrets),
    }));
  return {
    rowsMax: wire.rowsMax,
    bytesMax: wire.bytesMax,
    keptMs: wire.keptMs,
    needsUpload: wire.upload !== undefined,
    async keyMark(salt) {
      const found = await revealed(key);
      if ('problem' in found) return undefined;
      // Too short to find the key by trying.
      return createHmac('sha256', salt).update(found.apiKey.trim()).digest('hex').slice(0, MARK_DIGITS);
    },
    takes: ({ embedding, messages }) =>
      embedding === undefined || wire.vectors === 'many' || (wire.vectors === 'one' && messages.length === 1),
    write: (request) => live.write(request),
    line: (customId, { endpoint, body }) => wire.line(customId, endpoint, body),
    upload: async (file) => (await wire.upload?.(http(), file)) ?? '',
    submit: (file, uploaded) => wire.submit(http(), file, uploaded),
    poll: (id) => wire.poll(http(), id),
    cancel: (id) => wire.cancel(http(), id),
    find: (sought) => wire.find(http(), sought),
    download: (path, file, keys) => http().download(path, file, keys),
    readLine: (line) => wire.read(line),
    async readAnswer(body, asked, requestId, vectors) {
      const reading =
        vectors === undefined ? live.read(body) : withVectors(live.readVectors(body, vectors.texts), vectors);
      if (reading === undefined) return undefined;
      const mask = maskFor(await keyText());
      const { text, finish, model = asked, tokens, rawUsage, reportedCost, otherTariff, parts } = reading;
      const responseId = textAt(body, 'id') ?? textAt(body, 'responseId');
      return {
        text: mask.text(text),
        finish: maskedFinish(finish, mask),
        model: mask.text(model),
        ...(requestId !== undefined && { requestId: mask.text(requestId) }),
        ...(responseId !== undefined && { responseId: mask.text(responseId) }),
        tokens,
        rawUsage: mask.json(rawUsage),
        ...(reportedCost !== undefined && { reportedCost }),
        ...(otherTariff !== undefined && !BATCH_TIERS.includes(otherTariff) && { otherTariff }),
        ...(parts !== undefined && { parts: mask.json(parts) ?? {} }),
        limits: {},
        warnings: [],
      };
    },
    close: () => opened?.close(),
  };
}

/** An answer with its vectors as its text. */
function withVectors(reading: ReturnType<LiveWire['readVectors']>, { many }: AskedVectors): WireAnswer | undefined {
  if (reading === undefined) return undefined;
  const { vectors, ...answer } = reading;
  return { ...answer, text: vectorsText(vectors, many) };
}
