import type { BatchDone, BatchStepOf, FakeBatch, RowFate } from './fake-batches.js';
import { deviation, fields, is, jsonOf, type FakeCall, type FakeWire } from './fake-wire.js';

interface GoogleBatchesContext {
  readonly wire: FakeWire;
  readonly files: Map<string, string>;
  readonly batches: readonly FakeBatch[];
  readonly known: (id: string | undefined) => FakeBatch | undefined;
  readonly lookAt: (batch: FakeBatch) => void;
  readonly add: (rows: FakeBatch['rows'] | string, tag: string, file: string) => BatchDone;
  readonly cancel: (batch: FakeBatch) => void;
}

const MISSING: BatchDone = { status: 404, message: 'no such batch' };
const STATES: Readonly<Record<FakeBatch['status'], string>> = {
  running: 'RUNNING',
  ended: 'SUCCEEDED',
  failed: 'FAILED',
  full: 'FAILED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
};
const ERRORS: Partial<Record<FakeBatch['status'], object>> = {
  failed: { code: 3, message: 'not taken' },
  full: { code: 13, message: 'broken down' },
  cancelled: { code: 1, message: 'The operation was cancelled.' },
};
const CODES: Partial<Record<RowFate, number>> = { errored: 13, invalid: 3, expired: 4, cancelled: 1 };

/** What a key that is not known gets, with status 400. */
export const GOOGLE_REFUSAL = {
  error: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'API key not valid. Please pass a valid API key.',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
  },
};

/** A line of the results. */
export function googleLine(key: string, fate: RowFate, body: () => Record<string, unknown>): unknown {
  const code = CODES[fate];
  return code === undefined ? { key, response: body() } : { key, error: { code, message: 'no' } };
}

/** The operation of a batch. Each second one is told with the other prefix of the states. */
export function googleBatch(batch: FakeBatch, number: number): Record<string, unknown> {
  const { id, tag, rows, status, createdAt } = batch;
  const error = ERRORS[status];
  const output = status === 'ended' ? { responsesFile: `files/out-${number}` } : undefined;
  const count = String(rows.length);
  return {
    name: id,
    metadata: {
      displayName: tag,
      state: `${number % 2 === 0 ? 'BATCH' : 'JOB'}_STATE_${STATES[status]}`,
      createTime: new Date(createdAt).toISOString(),
      batchStats: { requestCount: count, ...(status === 'ended' && { successfulRequestCount: count }) },
      ...(output && { output }),
    },
    ...(status !== 'running' && { done: true }),
    ...(output && { response: output }),
    ...(error && { error }),
  };
}

/** The steps of a batch, where Google has them. */
export function googleSteps(context: GoogleBatchesContext): readonly BatchStepOf[] {
  const { wire, files, batches, known, lookAt, add, cancel } = context;
  const shown = (batch: FakeBatch) => googleBatch(batch, batches.indexOf(batch));

  /** @param path where each request would go live */
  const rowsOf = (content: string, path: string): FakeBatch['rows'] | string => {
    const rows: { customId: string; call: FakeCall }[] = [];
    for (const text of content.trimEnd().split('\n')) {
      const line = jsonOf(text);
      const wrong = deviation(line, 'line', { key: is.text, request: is.object });
      if (wrong !== undefined) return wrong;
      const { key, request } = fields(line);
      const call = wire.read({ path, headers: {}, body: request });
      if (typeof call === 'string') return call;
      rows.push({ customId: String(key), call });
    }
    return new Set(rows.map(({ customId }) => customId)).size === rows.length ? rows : 'a key is not unique';
  };

  return [
    [
      'upload',
      'POST',
      /^\/upload\/v1beta\/files$/,
      (_, text, headers) => {
        const parts = /^--\S+\r\n[^]*?\r\n\r\n(\{.*\})\r\n--\S+\r\n[^]*?\r\n\r\n([^]*?)\r\n--/.exec(text);
        const type = String(headers['content-type']);
        if (headers['x-goog-upload-protocol'] !== 'multipart' || !type.startsWith('multipart/related; boundary='))
          return { status: 400, message: 'not an upload in parts' };
        const wrong = deviation(fields(jsonOf(parts?.[1] ?? ''))['file'], 'file', {
          displayName: is.text,
          mimeType: (mime) => mime === 'application/jsonl',
        });
        if (wrong !== undefined) return { status: 400, message: wrong };
        const name = `files/in-${files.size}`;
        files.set(name, parts?.[2] ?? '');
        return { json: { file: { name, state: 'ACTIVE' } } };
      },
    ],
    [
      'submit',
      'POST',
      /^(\/v1beta\/models\/[A-Za-z0-9.-]+:)(batchGenerateContent|asyncBatchEmbedContent)$/,
      ([, path = '', method], text) => {
        const body = jsonOf(text);
        const { batch } = fields(body);
        const wrong =
          deviation(body, 'body', { batch: is.object }) ??
          deviation(batch, 'batch', { displayName: is.text, inputConfig: is.object }) ??
          deviation(fields(batch)['inputConfig'], 'inputConfig', { fileName: (name) => files.has(String(name)) });
        if (wrong !== undefined) return { status: 400, message: wrong };
        const file = String(fields(fields(batch)['inputConfig'])['fileName']);
        const live = `${path}${method === 'batchGenerateContent' ? 'generateContent' : 'embedContent'}`;
        return add(rowsOf(files.get(file) ?? '', live), String(fields(batch)['displayName']), file);
      },
    ],
    [
      'list',
      'GET',
      /^\/v1beta\/batches\?pageSize=100(?:&pageToken=(.*))?$/,
      ([, token]) => {
        const all = batches.filter((batch) => known(batch.id) !== undefined);
        const from = Number(token ?? 0);
        const page = all.slice(from, from + 2);
        for (const batch of page) lookAt(batch);
        return {
          json: {
            ...(page.length > 0 && { operations: page.map(shown) }),
            ...(from + 2 < all.length && { nextPageToken: String(from + 2) }),
          },
        };
      },
    ],
    [
      'cancel',
      'POST',
      /^\/v1beta\/(batches\/[^/:]+):cancel$/,
      ([, id]) => {
        const batch = known(id);
        if (batch === undefined) return MISSING;
        cancel(batch);
        return { json: {} };
      },
    ],
    [
      'poll',
      'GET',
      /^\/v1beta\/(batches\/[^/:]+)$/,
      ([, id]) => {
        const batch = known(id);
        if (batch === undefined) return MISSING;
        lookAt(batch);
        return { json: shown(batch) };
      },
    ],
    [
      'download',
      'GET',
      /^\/download\/v1beta\/files\/out-(\d+):download\?alt=media$/,
      ([, number]) => {
        const batch = known(batches[Number(number)]?.id);
        return batch?.status === 'ended' ? { text: batch.lines.join('\n') } : MISSING;
      },
    ],
  ];
}
