import type http from 'node:http';
import { GOOGLE_REFUSAL, googleBatch, googleLine, googleSteps } from './fake-batches-google.js';
import {
  deviation,
  fields,
  is,
  jsonOf,
  list,
  type FakeCall,
  type FakeHttpRequest,
  type FakeWire,
} from './fake-wire.js';

export type BatchStep = 'upload' | 'submit' | 'poll' | 'download' | 'cancel' | 'list';

/** What goes wrong at a step: a status in place of it, or the connection breaks before or behind it, or in the middle of its answer. */
export type BatchFault =
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  | { readonly kind: 'reset'; readonly done: boolean }
  | { readonly kind: 'cut' }
  /** A status in place of it, and so long after that it is done, unless the client asks for nothing any more. Milliseconds. */
  | { readonly kind: 'late'; readonly status: number; readonly ms: number }
  /** The step is done, and answered with other JSON. */
  | { readonly kind: 'json'; readonly body: unknown };

/** What becomes of a request. All but `errored`, `invalid`, `expired` and `cancelled` are billed. */
export type RowFate =
  | 'answered'
  | 'errored'
  | 'invalid'
  | 'expired'
  | 'cancelled'
  | 'missing'
  | 'doubled'
  | 'contradicted'
  | 'wrong-id'
  /** Its line breaks off. */
  | 'broken';

export interface FakeBatchOptions {
  /** @param n counts the requests of its step, from 0 */
  readonly faults?: (step: BatchStep, n: number) => BatchFault | undefined;
  /** Default: answered. @param batch counts batches, from 0 */
  readonly fate?: (row: number, batch: number) => RowFate;
  /** It is looked at, or listed, so often before it has ended. Default: 1. Infinity: it runs until it is cancelled. */
  readonly looks?: number;
  /**
   * Batches that it refuses as a whole when it validates them, for good, or while others run (not on Anthropic's wire; on Google's,
   * the second kind breaks down while it runs); or that expire.
   */
  readonly fails?: (batch: number) => 'failed' | 'full' | 'expired' | undefined;
  /** Batches of which it knows nothing, as long as this says so. */
  readonly forgets?: (batch: number) => boolean;
  /** Files of errors that it does not have, as long as this says so. OpenAI's wire only. */
  readonly losesErrors?: (batch: number) => boolean;
  /** Requests whose results are not in its files yet, as long as this says so. */
  readonly withholds?: (row: number, batch: number) => boolean;
  /** It does not tell of what a batch was made: neither metadata nor file. Default: false. OpenAI's wire only. */
  readonly isBare?: boolean;
  /** Its answers tell no usage. Default: they do. */
  readonly tellsNoUsage?: boolean;
  /** Milliseconds since the epoch. Default: the time of day. */
  readonly now?: () => number;
  /** Is told when a step has been done, before it is answered. */
  readonly onStep?: (step: BatchStep) => void;
}

export interface FakeBatch {
  readonly id: string;
  readonly tag: string | undefined;
  readonly file: string | undefined;
  readonly rows: readonly { readonly customId: string; readonly call: FakeCall }[];
  readonly createdAt: number;
  looks: number;
  /** `cancelled`, `expired`: without results, as Google does it. */
  status: 'running' | 'ended' | 'failed' | 'full' | 'cancelled' | 'expired';
  lines: readonly string[];
}

export interface FakeBatchesContext {
  readonly wire: FakeWire;
  readonly name: 'openai' | 'openai-compatible' | 'anthropic' | 'google';
  authorized(request: FakeHttpRequest): boolean;
  deviates(how: string): void;
  /** Answers and bills a request at half the price. */
  answered(call: FakeCall, n: number): Record<string, unknown>;
}

/** What a step answers: JSON, or the lines of a file. */
export type BatchDone =
  { readonly json: unknown } | { readonly text: string } | { readonly status: number; readonly message: string };

/** A step, and where it is. */
export type BatchStepOf = readonly [
  BatchStep,
  string,
  RegExp,
  (match: RegExpExecArray, text: string, headers: http.IncomingHttpHeaders) => BatchDone,
];

/** The batches of all wires that have them, as strict as the rest of the fake. */
export function fakeBatches(options: FakeBatchOptions, context: FakeBatchesContext) {
  const { wire, name } = context;
  const isAnthropic = name === 'anthropic';
  const isGoogle = name === 'google';
  const batches: FakeBatch[] = [];
  const files = new Map<string, string>();
  const counts = new Map<BatchStep, number>();
  let answers = 0;

  /** Time passes for a batch each time that somebody sees how it stands. */
  const lookAt = (batch: FakeBatch): void => {
    batch.looks += 1;
    if (batch.status !== 'running' || batch.looks <= (options.looks ?? 1)) return;
    const failure = options.fails?.(batches.indexOf(batch));
    if (isGoogle && (failure === 'full' || failure === 'expired')) lose(batch, failure);
    else if (failure === 'expired') end(batch, 'expired');
    else if (failure === undefined || isAnthropic) end(batch, undefined);
    else batch.status = failure;
  };

  /** Google's batches that do not succeed have no results. The first request of this one was answered, and is billed. */
  const lose = (batch: FakeBatch, status: FakeBatch['status']): void => {
    if (batch.rows[0] !== undefined) context.answered(batch.rows[0].call, answers++);
    batch.status = status;
  };

  const rowsOf = (lines: readonly unknown[]): FakeBatch['rows'] | string => {
    const seen = new Set<string>();
    const models = new Set<string>();
    const rows: { customId: string; call: FakeCall }[] = [];
    for (const line of lines) {
      const { custom_id: customId, method, url, body, params } = fields(line);
      const wrong = isAnthropic
        ? deviation(line, 'request', { custom_id: (id) => /^[a-zA-Z0-9_-]{1,64}$/.test(String(id)), params: is.object })
        : deviation(line, 'line', {
            custom_id: is.text,
            method: (one) => one === 'POST',
            url: is.text,
            body: is.object,
          });
      if (wrong !== undefined) return wrong;
      if (seen.has(String(customId))) return `custom_id ${String(customId)} is not unique`;
      seen.add(String(customId));
      const path = isAnthropic ? '/v1/messages' : String(url);
      const call = wire.read({
        path,
        headers: { 'anthropic-version': '2023-06-01' },
        body: isAnthropic ? params : body,
      });
      if (typeof call === 'string') return `${String(method)} ${path}: ${call}`;
      if (call.stream) return 'a request of a batch is not streamed';
      models.add(call.model);
      rows.push({ customId: String(customId), call });
    }
    if (rows.length === 0) return 'a batch without requests';
    if (rows.length > (isAnthropic ? 100_000 : 50_000)) return 'too many requests';
    if (!isAnthropic && models.size > 1) return 'all requests of a batch must be for one model';
    return rows;
  };

  const lineOf = (customId: string, fate: RowFate, body: () => Record<string, unknown>): unknown => {
    if (isGoogle) return googleLine(customId, fate, body);
    if (isAnthropic) {
      const error = (type: string) => ({ type: 'errored', error: { type: 'error', error: { type, message: 'no' } } });
      const result =
        fate === 'expired'
          ? { type: 'expired' }
          : fate === 'cancelled'
            ? { type: 'canceled' }
            : fate === 'errored'
              ? error('api_error')
              : fate === 'invalid'
                ? error('invalid_request_error')
                : { type: 'succeeded', message: body() };
      return { custom_id: customId, result };
    }
    const failed = (code: string) => ({ id: 'r', custom_id: customId, response: null, error: { code, message: 'no' } });
    if (fate === 'expired') return failed('batch_expired');
    if (fate === 'cancelled') return failed('batch_cancelled');
    const status = fate === 'errored' ? 500 : fate === 'invalid' ? 400 : 200;
    const answer = status === 200 ? body() : { error: { message: 'no', type: 'invalid_request_error' } };
    return {
      id: 'r',
      custom_id: customId,
      response: { status_code: status, request_id: 'req', body: answer },
      error: null,
    };
  };

  const end = (batch: FakeBatch, rest: RowFate | undefined): void => {
    const number = batches.indexOf(batch);
    const lines: string[] = [];
    for (const [row, { customId, call }] of batch.rows.entries()) {
      const fate = rest ?? options.fate?.(row, number) ?? 'answered';
      const answer = (): Record<string, unknown> => context.answered(call, answers++);
      const line = lineOf(customId, fate, answer);
      const text = JSON.stringify(line);
      if (fate === 'missing') continue;
      if (fate === 'broken') lines.push(text.slice(0, -5));
      else if (fate === 'wrong-id') lines.push(text.replace(customId, `${customId.slice(0, -1)}Z`));
      else lines.push(text);
      if (fate === 'doubled') lines.push(text);
      if (fate === 'contradicted') lines.push(JSON.stringify(lineOf(customId, 'expired', answer)));
    }
    batch.lines = lines.reverse();
    batch.status = 'ended';
  };

  const shown = (batch: FakeBatch): Record<string, unknown> => {
    if (isGoogle) return googleBatch(batch, batches.indexOf(batch));
    const ended = batch.status === 'ended';
    const done = ended ? batch.rows.length : 0;
    if (isAnthropic) {
      const counted = { processing: batch.rows.length - done, succeeded: done, errored: 0, canceled: 0, expired: 0 };
      return {
        id: batch.id,
        type: 'message_batch',
        processing_status: ended ? 'ended' : 'in_progress',
        request_counts: counted,
        created_at: new Date(batch.createdAt).toISOString(),
        results_url: ended ? `https://elsewhere.invalid/${batch.id}` : null,
      };
    }
    const failed = batch.status === 'failed' || batch.status === 'full';
    const code = batch.status === 'full' ? 'token_limit_exceeded' : 'invalid_json_line';
    const isError = (line: string): boolean => !line.includes('"status_code":200');
    const output = ended && batch.lines.some((line) => !isError(line));
    const errors = ended && batch.lines.some(isError);
    return {
      id: batch.id,
      object: 'batch',
      status: ended ? 'completed' : failed ? 'failed' : 'in_progress',
      ...(failed && { errors: { object: 'list', data: [{ code, message: 'not taken' }] } }),
      output_file_id: output ? `out-${batch.id}` : null,
      error_file_id: errors ? `err-${batch.id}` : null,
      created_at: Math.floor(batch.createdAt / 1000),
      request_counts: { total: batch.rows.length, completed: done, failed: 0 },
      ...(options.isBare !== true && { metadata: { colloquium: batch.tag }, input_file_id: batch.file }),
    };
  };

  const add = (rows: FakeBatch['rows'] | string, tag?: string, file?: string): BatchDone => {
    if (typeof rows === 'string') return { status: 400, message: rows };
    const id = `${isGoogle ? 'batches/' : ''}batch-${batches.length}`;
    const batch: FakeBatch = {
      id,
      tag,
      file,
      rows,
      createdAt: (options.now ?? Date.now)(),
      looks: 0,
      status: 'running',
      lines: [],
    };
    batches.push(batch);
    return { json: shown(batch) };
  };

  const known = (id: string | undefined): FakeBatch | undefined => {
    const at = batches.findIndex((batch) => batch.id === id);
    return at === -1 || options.forgets?.(at) === true ? undefined : batches[at];
  };
  const missing: BatchDone = { status: 404, message: 'no such batch' };

  const cancelled = (batch: FakeBatch): void => {
    if (batch.status === 'running') lose(batch, 'cancelled');
  };
  const own: readonly BatchStepOf[] = [
    [
      'upload',
      'POST',
      /^\/v1\/files$/,
      (_, text) => {
        const content = /filename="[^"]+\.jsonl"\r\n[^]*?\r\n\r\n([^]*?)\r\n--/.exec(text)?.[1];
        if (!/name="purpose"\r\n\r\nbatch\r\n/.test(text) || content === undefined)
          return { status: 400, message: 'not a file for a batch' };
        const id = `file-${files.size}`;
        files.set(id, content);
        return { json: { id, object: 'file', purpose: 'batch' } };
      },
    ],
    [
      'submit',
      'POST',
      /^\/v1\/batches$/,
      (_, text) => {
        const body = jsonOf(text);
        const wrong = deviation(body, 'body', {
          input_file_id: (id) => files.has(String(id)),
          endpoint: (one) => one === '/v1/chat/completions' || one === '/v1/embeddings',
          completion_window: (one) => one === '24h',
          metadata: is.object,
        });
        if (wrong !== undefined) return { status: 400, message: wrong };
        const { input_file_id: file, metadata } = fields(body);
        const lines = (files.get(String(file)) ?? '').trimEnd().split('\n').map(jsonOf);
        return add(rowsOf(lines), String(fields(metadata)['colloquium']), String(file));
      },
    ],
    [
      'submit',
      'POST',
      /^\/v1\/messages\/batches$/,
      (_, text) => {
        const body = jsonOf(text);
        const wrong = deviation(body, 'body', { requests: is.filledList });
        return wrong === undefined ? add(rowsOf(list(fields(body)['requests']))) : { status: 400, message: wrong };
      },
    ],
    [
      'list',
      'GET',
      /^\/v1\/(?:messages\/)?batches\?limit=100(?:&after(?:_id)?=(.*))?$/,
      ([, after]) => {
        const newest = batches.filter((batch) => known(batch.id) !== undefined).reverse();
        const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
        const page = newest.slice(from, from + 2);
        for (const batch of page) lookAt(batch);
        return { json: { data: page.map(shown), has_more: from + 2 < newest.length } };
      },
    ],
    [
      'cancel',
      'POST',
      /^\/v1\/(?:messages\/)?batches\/([^/]+)\/cancel$/,
      ([, id]) => {
        const batch = known(id);
        if (batch === undefined) return missing;
        if (batch.status === 'running') end(batch, 'cancelled');
        return { json: shown(batch) };
      },
    ],
    [
      'poll',
      'GET',
      /^\/v1\/(?:messages\/)?batches\/([^/]+)$/,
      ([, id]) => {
        const batch = known(id);
        if (batch === undefined) return missing;
        lookAt(batch);
        return { json: shown(batch) };
      },
    ],
    [
      'download',
      'GET',
      /^\/v1\/(?:files\/(out|err)-([^/]+)\/content|messages\/batches\/([^/]+)\/results)$/,
      ([, which, file, id]) => {
        const batch = known(file ?? id);
        if (batch?.status !== 'ended') return missing;
        if (which === 'err' && options.losesErrors?.(batches.indexOf(batch)) === true) return missing;
        const number = batches.indexOf(batch);
        const withheld = batch.rows.filter((_, row) => options.withholds?.(row, number) === true);
        const lines = batch.lines.filter(
          (line) =>
            (which === undefined || line.includes('"status_code":200') === (which === 'out')) &&
            !withheld.some(({ customId }) => line.includes(customId)),
        );
        // OpenAI's files have no line break at their end.
        return { text: lines.join('\n') };
      },
    ],
  ];

  const steps = isGoogle ? googleSteps({ wire, files, batches, known, lookAt, add, cancel: cancelled }) : own;
  const late: { readonly at: number; readonly act: () => void }[] = [];
  const now = options.now ?? Date.now;

  function handle(request: http.IncomingMessage, text: string, response: http.ServerResponse): boolean {
    const url = request.url ?? '';
    while (late[0] !== undefined && late[0].at <= now()) late.shift()?.act();
    const paths = isGoogle
      ? /^\/(?:upload\/|download\/|v1beta\/(?:batches|models\/[^/]+:(?:batchGenerate|async)))/
      : /^\/v1\/(?:files|batches|messages\/batches)/;
    if (!paths.test(url)) return false;
    const found = steps
      .map(([step, method, path, act]) => ({ step, method, match: path.exec(url), act }))
      .find(({ method, match }) => match !== null && method === request.method);
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (found?.match == null) {
      context.deviates(`no such path: ${request.method ?? ''} ${url}`);
      send(404, wire.error(404, 'not_found_error', 'no such path'));
      return true;
    }
    const { step, match, act } = found;
    const version = request.headers['anthropic-version'];
    if (isAnthropic && version !== '2023-06-01') context.deviates('anthropic-version is missing');
    if (!context.authorized({ path: url, headers: request.headers, body: undefined })) {
      if (isGoogle) send(400, GOOGLE_REFUSAL);
      else send(401, wire.error(401, 'authentication_error', 'incorrect API key provided'));
      return true;
    }
    const n = counts.get(step) ?? 0;
    counts.set(step, n + 1);
    const fault = options.faults?.(step, n);
    if (fault?.kind === 'status') {
      send(fault.status, wire.error(fault.status, 'fake_error', fault.message ?? `fake fault ${fault.status}`));
      return true;
    }
    if (fault?.kind === 'late') {
      late.push({
        at: now() + fault.ms,
        act() {
          act(match, text, request.headers);
          options.onStep?.(step);
        },
      });
      send(fault.status, wire.error(fault.status, 'fake_error', 'too slow'));
      return true;
    }
    if (fault?.kind === 'reset' && !fault.done) {
      response.socket?.destroy();
      return true;
    }
    const done = act(match, text, request.headers);
    options.onStep?.(step);
    if (fault?.kind === 'reset') {
      response.socket?.destroy();
      return true;
    }
    if ('status' in done) {
      if (done.status === 400) context.deviates(done.message);
      send(done.status, wire.error(done.status, 'invalid_request_error', done.message));
      return true;
    }
    if (fault?.kind === 'json') {
      send(200, fault.body);
      return true;
    }
    const bytes = Buffer.from('text' in done ? done.text : JSON.stringify(done.json));
    response.writeHead(200, { 'content-length': bytes.length });
    if (fault?.kind === 'cut') {
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
      return true;
    }
    for (let at = 0; at < bytes.length; at += 4096) response.write(bytes.subarray(at, at + 4096));
    response.end();
    return true;
  }

  return { batches, handle };
}
