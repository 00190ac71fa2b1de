import { BatchHttpError } from './batch-http-error.js';
import { findListed, idIn, type BatchList } from './batch-list.js';
import type { BatchResult, BatchWire, RemoteBatch } from './batch-wire.js';
import { refusesKey } from './google-key.js';
import { at, isObject, textAt } from './read-json.js';

const DAY_MS = 86_400_000;
/** Files have paths of their own beside the base URL, which ends with the version. */
const UPLOAD_PATH = '/../upload/v1beta/files';
const DOWNLOAD_PATH = '/../download/v1beta';
const LIST: BatchList = {
  path: '/batches?pageSize=100',
  // The order is not documented.
  isNewestFirst: false,
  batchesIn(page) {
    const batches = at(page, 'operations');
    if (Array.isArray(batches)) return batches as readonly unknown[];
    // Empty lists are left out of the JSON.
    const isEmpty = isObject(page) && Object.keys(page as object).every((key) => key === 'nextPageToken');
    return isEmpty ? [] : undefined;
  },
  idOf: (batch) => textAt(batch, 'name'),
  next(page) {
    const token = textAt(page, 'nextPageToken') ?? '';
    return token === '' ? undefined : `pageToken=${encodeURIComponent(token)}`;
  },
  timeOf: (batch) => Date.parse(textAt(batch, 'metadata', 'createTime') ?? ''),
};

/** What creates a batch of requests that live go to these methods. */
const METHODS: Readonly<Record<string, string>> = {
  generateContent: 'batchGenerateContent',
  embedContent: 'asyncBatchEmbedContent',
};

/** Codes of google.rpc.Status. */
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
/** Invalid argument, not found, permission denied, failed precondition, out of range, unimplemented, unauthenticated. */
const LASTING: readonly unknown[] = [3, 5, 7, 9, 11, 12, 16];

/** Google's batches: a file is uploaded, then a batch is created from it. Its results name the requests by their keys. */
export const googleBatches: BatchWire = {
  // There is no documented maximum; a file may have 2 GB.
  rowsMax: 50_000,
  bytesMax: 200_000_000,
  keptMs: 42 * DAY_MS,
  vectors: 'one',
  authorize: (apiKey) => ({ 'x-goog-api-key': apiKey }),
  statusOf: (status, body) => (status === 400 && refusesKey(body) ? 401 : status),
  line: (customId, _endpoint, body) => `{"key":${JSON.stringify(customId)},"request":${body}}`,
  async upload(http, { path, bytes, keys, tag }) {
    const boundary = `----${tag}`;
    const about = JSON.stringify({ file: { displayName: tag, mimeType: 'application/jsonl' } });
    const head =
      `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${about}\r\n` +
      `--${boundary}\r\ncontent-type: application/jsonl\r\n\r\n`;
    const uploaded = await http.json({
      method: 'POST',
      path: UPLOAD_PATH,
      headers: { 'x-goog-upload-protocol': 'multipart' },
      body: [head, { file: path, bytes, keys }, `\r\n--${boundary}--\r\n`],
      contentType: `multipart/related; boundary=${boundary}`,
    });
    return idIn(uploaded, 'file', 'name');
  },
  async submit(http, { tag, endpoint }, uploaded) {
    const asked = { batch: { displayName: tag, inputConfig: { fileName: uploaded } } };
    const path = endpoint.replace(/[^:]*$/, (method) => METHODS[method] ?? method);
    return idIn(await http.json({ method: 'POST', path, body: [JSON.stringify(asked)] }), 'name');
  },
  poll: async (http, id) => remoteOf(await http.json({ method: 'GET', path: pathOf(id) })),
  async cancel(http, id) {
    await http.json({ method: 'POST', path: `${pathOf(id)}:cancel`, body: ['{}'] });
  },
  find: async (http, { tag, since }) =>
    await findListed(http, LIST, since, (batch) => {
      const name = textAt(batch, 'metadata', 'displayName');
      if (name !== undefined && name !== tag) return false;
      // One that was rejected was not billed, and may have been submitted again since.
      if (stateOf(batch) === 'FAILED' && isRejected(batch)) return false;
      return name === undefined ? undefined : true;
    }),
  read(line) {
    const customId = textAt(line, 'key');
    return customId === undefined ? undefined : { customId, result: resultOf(line) };
  },
};

/** @param name such as `batches/abc` */
function pathOf(name: string): string {
  return `/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** Its state without the prefix, of which there are two. */
function stateOf(batch: unknown): string | undefined {
  return textAt(batch, 'metadata', 'state')?.replace(/^(?:BATCH|JOB)_STATE_/, '');
}

/** How many of its requests are done. */
function doneOf(batch: unknown): number {
  const count = (key: string): number => {
    // 64-bit integers are texts.
    const found = Number(at(batch, 'metadata', 'batchStats', key) ?? 0);
    return Number.isSafeInteger(found) && found >= 0 ? found : 0;
  };
  return count('successfulRequestCount') + count('failedRequestCount');
}

/** Whether a batch that failed did so before any of its requests was answered. */
function isRejected(batch: unknown): boolean {
  return doneOf(batch) === 0 && LASTING.includes(at(batch, 'error', 'code'));
}

function remoteOf(batch: unknown): RemoteBatch {
  const done = doneOf(batch);
  const file = textAt(batch, 'metadata', 'output', 'responsesFile') ?? textAt(batch, 'response', 'responsesFile');
  const results = file === undefined ? [] : [`${DOWNLOAD_PATH}${pathOf(file)}:download?alt=media`];
  const ended: RemoteBatch = { kind: 'ended', done, resultsMin: Math.max(1, done), results };
  // Nothing documents whether what was answered in such a batch is billed.
  const without = (why: string): RemoteBatch =>
    file === undefined
      ? { kind: 'lost', done: 0, results, message: `it ${why}, and Google gives no results of such a batch` }
      : ended;
  switch (stateOf(batch)) {
    case 'SUCCEEDED':
      return ended;
    case 'CANCELLED':
      return without('was cancelled');
    case 'EXPIRED':
      return without('has expired');
    case 'FAILED': {
      const message = textAt(batch, 'error', 'message') ?? 'the batch failed, without a reason';
      return isRejected(batch) ? { kind: 'failed', done: 0, results: [], message } : without(`failed (${message})`);
    }
    case 'PENDING':
    case 'RUNNING':
      return { kind: 'running', done, results: [] };
    default:
      throw new BatchHttpError('the answer does not tell the state of the batch', undefined, true);
  }
}

function resultOf(line: unknown): BatchResult {
  const error = at(line, 'error') ?? undefined;
  const body = at(line, 'response') ?? undefined;
  if (error === undefined && body !== undefined) return { kind: 'answered', body };
  const code = at(error, 'code');
  if (code === CANCELLED) return { kind: 'cancelled' };
  if (code === DEADLINE_EXCEEDED) return { kind: 'expired' };
  return {
    kind: 'errored',
    message: textAt(error, 'message') ?? 'without a reason',
    lasting: LASTING.includes(code),
  };
}
