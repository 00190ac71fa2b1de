import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeBatches, type FakeBatch, type FakeBatchOptions } from './fake-batches.js';
import type { Fault, FaultPlan } from './fake-faults.js';
import { billOf, CACHE_RATES, fakeCache } from './fake-cache.js';
import { anthropicWire } from './fake-wire-anthropic.js';
import { googleWire } from './fake-wire-google.js';
import { valueFor } from './fake-schema-value.js';
import { openaiWire } from './fake-wire-openai.js';
import {
  jsonOf,
  type FakeAnswer,
  type FakeCall,
  type FakeEvent,
  type FakeFinish,
  type FakeFormat,
  type FakeHttpRequest,
  type FakeToolCall,
  type FakeUsage,
  type FakeWire,
} from './fake-wire.js';

const WIRES = {
  openai: openaiWire(false),
  'openai-compatible': openaiWire(true),
  anthropic: anthropicWire,
  google: googleWire,
} as const satisfies Record<string, FakeWire>;

export type FakeWireName = keyof typeof WIRES;

export interface FakeProviderOptions {
  readonly wire: FakeWireName;
  readonly apiKey?: string;
  /** Whether it takes requests without a key, as a server of one's own does. */
  readonly isOpen?: boolean;
  /** Further keys that it takes: of accounts with limits of their own, which `faults` may keep. */
  readonly otherKeys?: readonly string[];
  /** Nano-dollars per token. */
  readonly price?: { readonly input: bigint; readonly output: bigint };
  /** Caches what is marked, or where its wire has no marks what requests begin with, from so many tokens on. Default: nothing. */
  readonly cachesFrom?: number;
  /** What it answers. Default: a value that satisfies the schema, or without one the last text, in capitals. */
  readonly reply?: (call: FakeCall) => string;
  /** Tools that it asks for in place of an answer. */
  readonly calls?: (call: FakeCall) => readonly FakeToolCall[];
  /** What it tells of its thoughts. */
  readonly thoughts?: string;
  readonly faults?: FaultPlan;
  /** How an answer can be bound to a schema there. Default: in every way. */
  readonly takes?: readonly FakeFormat[];
  /** Further headers of an answer. */
  readonly headers?: (call: FakeCall, key: string) => Readonly<Record<string, string>>;
  /** Milliseconds before each answer. */
  readonly latencyMs?: number;
  /** Milliseconds between the halves of a stream. */
  readonly streamMs?: number;
  /** No answer is given before this is settled. */
  readonly hold?: Promise<unknown>;
  /** Is called when a request was taken that will never be answered. */
  readonly onHang?: () => void;
  /** Requests admitted within any second; others get a 429. */
  readonly requestsPerSecond?: number;
  /** Refuses requests for a stream, or what they ask of it, with a 400 in these words. */
  readonly refusesStreams?: string;
  /** How its batches go. */
  readonly batches?: FakeBatchOptions;
  /** 0: any free port. */
  readonly port?: number;
}

/** One request as the fake saw it. */
export interface FakeRecord {
  readonly call: FakeCall;
  /** The key that it came with. */
  readonly key: string;
  readonly fault: Fault['kind'] | undefined;
  /** Nano-dollars. */
  readonly billed: bigint;
  readonly usage: FakeUsage;
  readonly headers: http.IncomingHttpHeaders;
}

export interface FakeProvider {
  /** What a client configures as its base URL. */
  readonly url: string;
  readonly apiKey: string;
  /** Every request that it understood, in order of arrival. */
  readonly records: readonly FakeRecord[];
  /** How requests deviated from the documented wire; empty when all is well. */
  readonly deviations: readonly string[];
  /** Every batch that it took. */
  readonly batches: readonly FakeBatch[];
  /** All that it bills, in nano-dollars. */
  readonly billed: bigint;
  readonly price: { readonly input: bigint; readonly output: bigint };
  close(): Promise<void>;
}

const PRICE = { input: 30_000n, output: 60_000n };

/**
 * A provider over real HTTP that knows its wire by heart: whatever deviates from the documentation is refused and
 * noted. It bills every request that it answers, also when the answer is lost on the way, in a ledger of its own.
 */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const wire = WIRES[options.wire];
  const apiKey = options.apiKey ?? `sk-fake-${options.wire}-0123456789`;
  const price = options.price ?? PRICE;
  const records: FakeRecord[] = [];
  const deviations: string[] = [];
  const admitted: number[] = [];
  const cache = fakeCache(options.wire === 'anthropic', options.cachesFrom);
  const rates = CACHE_RATES[options.wire];
  let arrivals = 0;

  const batches = fakeBatches(options.batches ?? {}, {
    wire,
    name: options.wire,
    authorized: (seen) => [apiKey, ...(options.otherKeys ?? [])].some((one) => wire.authorized(seen, one)),
    deviates: (how) => void deviations.push(how),
    answered(call, n) {
      const answer = answerTo(call, n, options, undefined);
      const { usage } = answer;
      const billed = (BigInt(usage.input) * price.input + BigInt(usage.output) * price.output) / 2n;
      records.push({ call, key: apiKey, fault: undefined, billed, usage, headers: {} });
      const { body, usageKey } = wire.answer(answer);
      if (options.batches?.tellsNoUsage === true) Reflect.deleteProperty(body, usageKey);
      // In batches, Google tells it of vectors, too. It writes 64-bit integers as texts.
      else if (options.wire === 'google' && 'embedding' in body) return { ...body, tokenCount: String(usage.input) };
      return body;
    },
  });

  const server = http.createServer((request, response) => {
    bodyOf(request).then(
      (text) => void handle(request, text, response),
      // The client is gone: there is nobody to answer.
      () => response.destroy(),
    );
  });

  async function handle(request: http.IncomingMessage, text: string, response: http.ServerResponse): Promise<void> {
    if (request.url === '/fake/stats') {
      const billed = records.map((record) => record.billed.toString());
      sendJson(response, 200, { requests: records.length, billed: total().toString(), deviations, each: billed });
      return;
    }
    if (batches.handle(request, text, response)) return;
    const refuse = (status: number, type: string, message: string, headers: Record<string, string> = {}): void =>
      sendJson(response, status, wire.error(status, type, message), headers);
    const body = jsonOf(text);
    const seen: FakeHttpRequest = { path: request.url ?? '', headers: request.headers, body };
    const call = request.method === 'POST' ? wire.read(seen) : `method ${request.method ?? ''}`;
    const contentType = request.headers['content-type'];
    const deviation =
      typeof call === 'string'
        ? call
        : contentType === 'application/json'
          ? undefined
          : `content-type ${contentType ?? ''}`;
    if (deviation !== undefined || typeof call === 'string') {
      deviations.push(deviation ?? '');
      refuse(400, 'invalid_request_error', deviation ?? '');
      return;
    }
    const given = [apiKey, ...(options.otherKeys ?? [])].find((one) => wire.authorized(seen, one));
    const key = given ?? (options.isOpen === true ? '' : undefined);
    if (key === undefined) {
      refuse(
        401,
        'authentication_error',
        `incorrect API key provided: ${String(request.headers['authorization'] ?? request.headers['x-api-key'])}`,
      );
      return;
    }

    const n = arrivals++;
    if (call.format !== undefined && options.takes?.includes(call.format) === false) {
      note(call, key, undefined, undefined, request);
      const refused =
        call.format === 'tool' ? 'tools are not supported' : 'This response_format type is unavailable now';
      refuse(400, 'invalid_request_error', refused);
      return;
    }
    const now = Date.now();
    while (admitted[0] !== undefined && now - admitted[0] >= 1000) admitted.shift();
    if (options.requestsPerSecond !== undefined && admitted.length >= options.requestsPerSecond) {
      note(call, key, undefined, undefined, request);
      const waitMs = 1000 - (now - (admitted[0] ?? now));
      refuse(429, 'rate_limit_exceeded', 'Rate limit reached', {
        'retry-after-ms': String(waitMs),
        'retry-after': String(Math.ceil(waitMs / 1000)),
      });
      return;
    }
    admitted.push(now);

    if (call.stream && options.refusesStreams !== undefined) {
      note(call, key, undefined, undefined, request);
      refuse(400, 'invalid_request_error', options.refusesStreams);
      return;
    }
    const fault = options.faults?.(n, call, key);
    if (options.latencyMs !== undefined) await sleep(options.latencyMs);
    await options.hold;
    if (fault?.kind === 'status') {
      note(call, key, fault, undefined, request);
      refuse(fault.status, fault.type ?? 'fake_error', fault.message ?? `fake fault ${fault.status}`, fault.headers);
      return;
    }
    const whole = answerTo(call, n, options, fault?.kind === 'finish' ? fault.finish : undefined);
    const answer = { ...whole, usage: { ...whole.usage, ...cache.look(call, whole.usage.input) } };
    const lost = (fault?.kind === 'hang' || fault?.kind === 'reset') && !fault.billed;
    note(call, key, fault, lost ? undefined : answer, request);
    await deliver(fault, call, key, answer, n, response);
  }

  function note(
    call: FakeCall,
    key: string,
    fault: Fault | undefined,
    answer: FakeAnswer | undefined,
    request: http.IncomingMessage,
  ): void {
    const usage = answer?.usage ?? { input: 0, output: 0 };
    const billed = billOf(usage, price, rates);
    records.push({ call, key, fault: fault?.kind, billed, usage, headers: request.headers });
  }

  async function deliver(
    fault: Fault | undefined,
    call: FakeCall,
    key: string,
    answer: FakeAnswer,
    n: number,
    response: http.ServerResponse,
  ): Promise<void> {
    const { body, usageKey } = wire.answer(answer);
    if (fault?.kind === 'usage-missing') Reflect.deleteProperty(body, usageKey);
    if (fault?.kind === 'usage-wrong') body[usageKey] = wrongUsage(body[usageKey]);
    const headers: Record<string, string> =
      fault?.kind === 'headers-missing'
        ? {}
        : {
            [wire.requestIdHeader]: `req_${n}`,
            ...wire.rateHeaders({ limit: 1_000_000, remaining: 1_000_000 - n }),
            ...options.headers?.(call, key),
          };
    const streams = call.stream && fault?.kind !== 'whole';
    const events = streams ? wire.events(body).map(printEvent) : [];
    const text = streams ? events.join('') : JSON.stringify(body);
    const type = streams ? 'text/event-stream; charset=utf-8' : 'application/json';
    const bytes = Buffer.from(text);
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    switch (fault?.kind) {
      case 'hang':
        options.onHang?.();
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'cut':
        response.writeHead(200, { 'content-type': type, 'content-length': bytes.length, ...headers });
        response.write(half, () => response.socket?.destroy());
        return;
      case 'broken-json':
        response.writeHead(200, { 'content-type': type, ...headers });
        response.end(half);
        return;
      case 'unended': {
        response.writeHead(200, { 'content-type': type, ...headers });
        const sent = streams ? events.slice(0, -fault.events).join('') : half;
        if (fault.cut) response.write(sent, () => response.socket?.destroy());
        else response.end(sent);
        return;
      }
      case 'idle':
        response.writeHead(200, { 'content-type': type, ...headers });
        response.write(half);
        options.onHang?.();
        return;
      case 'error-event': {
        const error = wire.error(500, fault.type, `fake error ${fault.type}`);
        response.writeHead(200, { 'content-type': type, ...headers });
        const begun = events.slice(0, Math.floor(events.length / 2)).join('');
        response.end(streams ? begun + printEvent({ name: 'error', data: error }) : JSON.stringify(error));
        return;
      }
      case 'body':
        response.writeHead(fault.status ?? 200, { 'content-type': 'application/json', ...headers });
        response.end(fault.body);
        return;
      case 'slow':
        response.writeHead(200, { 'content-type': type, ...headers });
        for (let i = 0; i < bytes.length; i += 61) {
          response.write(bytes.subarray(i, i + 61));
          await sleep(1);
        }
        response.end();
        return;
      default:
        response.writeHead(200, { 'content-type': type, ...headers });
        if (streams && options.streamMs !== undefined) {
          response.write(half);
          await sleep(options.streamMs);
          response.end(bytes.subarray(half.length));
        } else {
          response.end(bytes);
        }
    }
  }

  const total = (): bigint => records.reduce((sum, record) => sum + record.billed, 0n);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${wire.basePath}`,
    apiKey,
    records,
    deviations,
    batches: batches.batches,
    price,
    get billed() {
      return total();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A vector that only this text has. */
export function fakeVector(text: string, dimensions: number): readonly number[] {
  const bytes = createHash('sha256').update(text).digest();
  return Array.from({ length: dimensions }, (_, i) => (bytes.readInt8(i % bytes.length) + i) / 128);
}

/** Four bytes to a token, three tokens around each message: always less than a byte-wise bound. */
function answerTo(
  call: FakeCall,
  n: number,
  { reply, calls, thoughts }: FakeProviderOptions,
  forced: FakeFinish | undefined,
): FakeAnswer {
  const { dimensions } = call;
  if (dimensions !== undefined) {
    const tokens = call.texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 4), 0);
    const vectors = call.texts.map((text) => fakeVector(text, dimensions));
    return {
      id: `answer-${n}`,
      model: call.model,
      text: '',
      finish: 'complete',
      vectors,
      usage: { input: tokens, output: 0 },
    };
  }
  const input = call.texts.reduce((sum, text) => sum + 3 + Math.ceil(Buffer.byteLength(text) / 4), 3);
  const whole = reply?.(call) ?? ownReply(call);
  const room = forced === 'truncated' ? Math.min(call.outputTokensMax, 2) : call.outputTokensMax;
  const text = whole.slice(0, room * 4);
  const cut = text.length < whole.length || forced === 'truncated';
  const finish = cut ? 'truncated' : (forced ?? 'complete');
  // A cut is counted as the whole cap: that is what it means.
  const output = cut ? room : Math.min(room, Math.ceil(Buffer.byteLength(text) / 4));
  const asked = calls?.(call) ?? [];
  return {
    id: `answer-${n}`,
    model: call.model,
    text: asked.length > 0 ? '' : text,
    finish,
    ...(asked.length > 0 && { calls: asked }),
    ...(thoughts !== undefined && { thoughts }),
    usage: { input, output },
    tool: asked.length > 0 ? undefined : call.tool,
  };
}

function ownReply({ schema, texts }: FakeCall): string {
  return schema === undefined ? (texts.at(-1) ?? '').toUpperCase() : JSON.stringify(valueFor(schema));
}

function wrongUsage(usage: unknown): unknown {
  if (typeof usage !== 'object' || usage === null) return null;
  return Object.fromEntries(
    Object.entries(usage).map(([key, value]) => [key, typeof value === 'number' ? -1 - value : value]),
  );
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

function printEvent({ name, data }: FakeEvent): string {
  const lines = typeof data === 'string' ? data : JSON.stringify(data);
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${lines}\n\n`;
}

function sendJson(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
