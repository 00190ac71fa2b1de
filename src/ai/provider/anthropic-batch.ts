import { BatchHttpError } from './batch-http-error.js';
import type { BatchHttp } from './batch-http.js';
import type { BatchResult, BatchWire, Finding, Sought } from './batch-wire.js';
import { dataPages, findListed, idIn } from './batch-list.js';
import { at, countAt, parsed, textAt } from './read-json.js';

const DAY_MS = 86_400_000;
const LIST = dataPages('/messages/batches', 'after_id', (batch) => Date.parse(textAt(batch, 'created_at') ?? ''));
const LINE_END = 0x0a;
const COMMA = 0x2c;

/** Anthropic's message batches: the body that creates one contains all requests. */
export const anthropicBatches: BatchWire = {
  rowsMax: 100_000,
  bytesMax: 256_000_000,
  keptMs: 29 * DAY_MS,
  authorize: (apiKey) => ({
    'x-api-key': apiKey,
    'anthropic-version': '2023-06-01',
  }),
  line: (customId, _endpoint, body) => `{"custom_id":${JSON.stringify(customId)},"params":${body}}`,
  async submit(http, { path, bytes, keys, headers }) {
    // Turns the lines into a list. JSON text has no line break within a string.
    const change = (chunk: Buffer): Buffer => chunk.map((byte) => (byte === LINE_END ? COMMA : byte)) as Buffer;
    const body = ['{"requests":[', { file: path, bytes: bytes - 1, keys, change }, ']}'];
    const made = await http.json({
      method: 'POST',
      path: '/messages/batches',
      headers,
      body,
    });
    return idIn(made);
  },
  async poll(http, id) {
    const batch = await http.json({ method: 'GET', path: pathOf(id) });
    const status = textAt(batch, 'processing_status');
    if (status === undefined)
      throw new BatchHttpError('the answer does not tell the state of the batch', undefined, true);
    const ended = status === 'ended';
    const done = ['succeeded', 'errored', 'canceled', 'expired'].reduce(
      (sum, key) => sum + (countAt(batch, 'request_counts', key) ?? 0),
      0,
    );
    return {
      kind: ended ? 'ended' : 'running',
      done,
      resultsMin: Math.max(1, done),
      results: ended ? [`${pathOf(id)}/results`] : [],
    };
  },
  async cancel(http, id) {
    await http.json({
      method: 'POST',
      path: `${pathOf(id)}/cancel`,
      body: ['{}'],
    });
  },
  find,
  read(line) {
    const customId = textAt(line, 'custom_id');
    return customId === undefined ? undefined : { customId, result: resultOf(at(line, 'result')) };
  },
};

function pathOf(id: string): string {
  return `/messages/batches/${encodeURIComponent(id)}`;
}

/** Finds a batch by its results, the only place that carries an id of ours: while a batch of that time runs, it may be the one. */
async function find(http: BatchHttp, { tag, since, known }: Sought): Promise<Finding> {
  return await findListed(http, LIST, since, (batch, id, isOld) => {
    if (id === undefined || known.has(id) || isOld) return false;
    return at(batch, 'processing_status') === 'ended' ? carriesTag(http, id, tag) : undefined;
  });
}

/** Whether the first result that can be read is of a batch with this tag; undefined: none can be read. */
async function carriesTag(http: BatchHttp, id: string, tag: string): Promise<boolean | undefined> {
  for await (const line of http.lines(`${pathOf(id)}/results`)) {
    // The tag is unique, so it identifies even a line that is broken.
    if (line.includes(`"${tag}_`)) return true;
    if (textAt(parsed(line), 'custom_id') !== undefined) return false;
  }
  return undefined;
}

function resultOf(result: unknown): BatchResult {
  switch (at(result, 'type')) {
    case 'succeeded':
      return { kind: 'answered', body: at(result, 'message') };
    case 'expired':
      return { kind: 'expired' };
    case 'canceled':
      return { kind: 'cancelled' };
    default: {
      const error = at(result, 'error', 'error') ?? at(result, 'error');
      const lasting = ['invalid_request_error', 'request_too_large', 'not_found_error'].includes(
        textAt(error, 'type') ?? '',
      );
      return {
        kind: 'errored',
        message: textAt(error, 'message') ?? 'without a reason',
        lasting,
      };
    }
  }
}
