import { BatchHttpError } from './batch-http-error.js';
import type { BatchResult, BatchWire, RemoteBatch } from './batch-wire.js';
import { dataPages, findListed, idIn } from './batch-list.js';
import { at, countAt, listAt, textAt } from './read-json.js';

const DAY_MS = 86_400_000;
/** The metadata key under which a batch carries its tag. */
const TAG = 'colloquium';
const LIST = dataPages('/batches', 'after', (batch) => Number(at(batch, 'created_at')) * 1000);

/** OpenAI's batches, which compatible servers may have as well: a file is uploaded, then a batch is created from it. */
export const openaiBatches: BatchWire = {
  rowsMax: 50_000,
  bytesMax: 200_000_000,
  keptMs: 30 * DAY_MS,
  vectors: 'many',
  authorize: (apiKey) => (apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
  line: (customId, endpoint, body) =>
    `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":${JSON.stringify(`/v1${endpoint}`)},"body":${body}}`,
  async upload(http, { path, bytes, keys, tag }) {
    const boundary = `----${tag}`;
    const head =
      `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${tag}.jsonl"\r\n` +
      'content-type: application/jsonl\r\n\r\n';
    const body = [head, { file: path, bytes, keys }, `\r\n--${boundary}--\r\n`];
    const contentType = `multipart/form-data; boundary=${boundary}`;
    return idIn(await http.json({ method: 'POST', path: '/files', body, contentType }));
  },
  async submit(http, { tag, endpoint }, uploaded) {
    const asked = {
      input_file_id: uploaded,
      endpoint: `/v1${endpoint}`,
      completion_window: '24h',
      metadata: { [TAG]: tag },
    };
    return idIn(
      await http.json({
        method: 'POST',
        path: '/batches',
        body: [JSON.stringify(asked)],
      }),
    );
  },
  async poll(http, id) {
    return remoteOf(
      await http.json({
        method: 'GET',
        path: `/batches/${encodeURIComponent(id)}`,
      }),
    );
  },
  async cancel(http, id) {
    await http.json({
      method: 'POST',
      path: `/batches/${encodeURIComponent(id)}/cancel`,
      body: ['{}'],
    });
  },
  find: async (http, { tag, since, uploaded, known }) =>
    await findListed(http, LIST, since, (batch, id, isOld) => {
      // One that failed was not billed, and may have been submitted again since.
      if (at(batch, 'status') === 'failed') return false;
      const isOurs = isOurBatch(batch, tag, uploaded);
      const isOther = isOld || (id !== undefined && known.has(id));
      return isOurs ?? (isOther ? false : undefined);
    }),
  read(line) {
    const customId = textAt(line, 'custom_id');
    return customId === undefined ? undefined : { customId, result: resultOf(line) };
  },
};

/** Whether a batch has our tag or our file; undefined: the server tells neither of it. */
function isOurBatch(batch: unknown, tag: string, uploaded: string | undefined): boolean | undefined {
  const [itsTag, itsFile] = [textAt(batch, 'metadata', TAG), textAt(batch, 'input_file_id')];
  if (itsTag === tag || (itsFile !== undefined && itsFile === uploaded)) return true;
  return itsTag === undefined && itsFile === undefined ? undefined : false;
}

function remoteOf(batch: unknown): RemoteBatch {
  const files = ['output_file_id', 'error_file_id'].flatMap((key) => textAt(batch, key) ?? []);
  const results = files.map((id) => `/files/${encodeURIComponent(id)}/content`);
  const done = (countAt(batch, 'request_counts', 'completed') ?? 0) + (countAt(batch, 'request_counts', 'failed') ?? 0);
  switch (at(batch, 'status')) {
    case 'completed':
      // Not all servers count.
      return { kind: 'ended', done, resultsMin: Math.max(1, done), results };
    case 'expired':
    case 'cancelled':
      return { kind: 'ended', done, resultsMin: Math.max(Math.min(1, results.length), done), results };
    case 'failed': {
      const errors = listAt(at(batch, 'errors'), 'data');
      const isFull = errors.length > 0 && errors.every((error) => at(error, 'code') === 'token_limit_exceeded');
      const message = textAt(errors[0], 'message') ?? 'the batch failed, without a reason';
      return {
        kind: isFull ? 'full' : 'failed',
        done: 0,
        results: [],
        message,
      };
    }
    case 'validating':
    case 'in_progress':
    case 'finalizing':
    case 'cancelling':
      return { kind: 'running', done, results: [] };
    default:
      throw new BatchHttpError('the answer does not tell the state of the batch', undefined, true);
  }
}

function resultOf(line: unknown): BatchResult {
  const status = at(line, 'response', 'status_code');
  const code = textAt(line, 'error', 'code');
  if (code === 'batch_expired') return { kind: 'expired' };
  if (code === 'batch_cancelled') return { kind: 'cancelled' };
  const body = at(line, 'response', 'body');
  if (status === 200 && code === undefined)
    return {
      kind: 'answered',
      body,
      requestId: textAt(line, 'response', 'request_id'),
    };
  const message = textAt(body, 'error', 'message') ?? textAt(line, 'error', 'message') ?? 'without a reason';
  const number = typeof status === 'number' ? status : undefined;
  const lasting = number !== undefined && number >= 400 && number < 500 && number !== 429 && number !== 408;
  return { kind: 'errored', message, lasting, status: number };
}
