import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileContent, SectionSealer, type KeyRing } from '../../crypt/index.js';
import { createRoute, reasonOf, type Network } from '../transport/index.js';
import { BatchFileError } from './batch-file-error.js';
import { BatchHttpError } from './batch-http-error.js';
import { linesOf } from './lines.js';
import { parsed } from './read-json.js';

/** Text, or so many bytes of a file's content. Parts are sent one after the other. */
export type BodyPart =
  | string
  | {
      readonly file: string;
      readonly bytes: number;
      readonly keys?: KeyRing | undefined;
      readonly change?: (chunk: Buffer) => Buffer;
    };

export interface BatchRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly BodyPart[];
  readonly contentType?: string;
}

/** Requests about batches at one provider with one key. */
export interface BatchHttp {
  /** @returns the answer's JSON. @throws BatchHttpError; BatchFileError if a file of the body is missing or too short */
  json(request: BatchRequest): Promise<unknown>;
  /**
   * Appends the answer to a file, terminated by a line break.
   *
   * @param keys with which it is encrypted there
   * @throws BatchHttpError, Error of the file
   */
  download(path: string, file: string, keys?: KeyRing): Promise<void>;
  /** Yields the lines of an answer, without line breaks; ends early at a line of more than 8 MiB. @throws BatchHttpError */
  lines(path: string): AsyncGenerator<string>;
  close(): void;
}

export interface BatchHttpOptions {
  readonly baseUrl: string;
  readonly network?: Network | undefined;
  /** A request fails after this long without an answer or more of it. Milliseconds. */
  readonly idleMs: number;
  readonly query: Readonly<Record<string, string>>;
  /** Includes the key. @throws Error if the key can't be read */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Removes secrets from a text. */
  mask(text: string): string;
  /** What the status of an answer without success means. Default: what it says. */
  readonly statusOf?: ((status: number, body: unknown) => number) | undefined;
}

const JSON_BYTES_MAX = 8 * 1024 * 1024;
const WORDS_MAX = 300;

/** Creates the client. Large bodies are streamed from and to files, so memory use does not depend on their size. */
export function createBatchHttp(options: BatchHttpOptions): BatchHttp {
  const route = createRoute(options.network ?? {});

  async function answerTo({
    method,
    path,
    headers,
    body = [],
    contentType = 'application/json',
  }: BatchRequest): Promise<IncomingMessage> {
    const target = new URL(`${options.baseUrl}${path}`);
    for (const [name, value] of Object.entries(options.query)) target.searchParams.set(name, value);
    const length = body.reduce(
      (sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : part.bytes),
      0,
    );
    let own: Readonly<Record<string, string>>;
    try {
      own = await options.headers();
    } catch (error) {
      throw new BatchHttpError(`no API key: ${error instanceof Error ? error.message : String(error)}`, 401, false);
    }
    await checkFiles(body);
    let isConnected = false;
    let isWritten = false;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const request = route.request(
        target,
        {
          'accept-encoding': 'identity',
          ...own,
          ...headers,
          ...(method === 'POST' && {
            'content-type': contentType,
            'content-length': length,
          }),
        },
        method,
      );
      const fail = (error: unknown): void => {
        const fault = error instanceof Error ? error : new Error(String(error));
        const { message, lasting } = isConnected
          ? { message: fault.message, lasting: false }
          : reasonOf(fault, route.peerOf(target));
        const words = options.mask(`${method} ${path}: ${message}`);
        // Without a connection, what was written went nowhere.
        reject(new BatchHttpError(words, undefined, isConnected && isWritten, lasting));
      };
      request.setTimeout(options.idleMs, () => request.destroy(new Error(`no answer within ${options.idleMs} ms`)));
      request.on('socket', (socket) => {
        const connected = (): void => {
          isConnected = true;
        };
        if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      request.on('error', fail);
      request.on('response', resolve);
      // The server may act as soon as it has the last byte, which is before this side knows that it was sent.
      const last = (): void => {
        isWritten = true;
      };
      if (body.length === 0) {
        last();
        request.end();
      } else pipeline(Readable.from(piecesOf(body, last)), request).catch(fail);
    });
  }

  async function successTo(request: BatchRequest): Promise<IncomingMessage> {
    const answer = await answerTo(request);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status <= 299) return answer;
    const text = await textOf(answer, request).catch(() => '');
    const body = parsed(text);
    const error = (body as { error?: { message?: unknown } } | undefined)?.error;
    const words = typeof error?.message === 'string' ? error.message : text;
    const message = options.mask(`${request.method} ${request.path}: HTTP ${status}: ${words.slice(0, WORDS_MAX)}`);
    throw new BatchHttpError(message, options.statusOf?.(status, body) ?? status, status >= 500);
  }

  async function textOf(answer: IncomingMessage, request: BatchRequest): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of answer) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes > JSON_BYTES_MAX) throw new Error('the answer is too long');
      }
      if (!answer.complete) throw new Error('the connection broke during the answer');
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new BatchHttpError(options.mask(`${request.method} ${request.path}: ${words}`), undefined, true);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  return {
    async json(request) {
      const text = await textOf(await successTo(request), request);
      const body = parsed(text);
      if (body !== undefined) return body;
      throw new BatchHttpError(`${request.method} ${request.path}: the answer is not JSON`, undefined, true);
    },
    async download(path, file, keys) {
      const answer = await successTo({ method: 'GET', path });
      try {
        const lines = withLineEnd(answer);
        const written = keys === undefined ? lines : sealed(lines, keys, await sizeOf(file));
        await pipeline(written, createWriteStream(file, { flags: 'a', mode: 0o600 }));
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'ENOSPC' || code === 'EACCES' || code === 'EDQUOT' || code === 'EIO') throw error;
        const words = error instanceof Error ? error.message : String(error);
        throw new BatchHttpError(options.mask(`GET ${path}: ${words}`), undefined, true);
      }
      if (!answer.complete)
        throw new BatchHttpError(`GET ${path}: the connection broke during the answer`, undefined, true);
    },
    async *lines(path) {
      const answer = await successTo({ method: 'GET', path });
      try {
        yield* linesOf(answer, JSON_BYTES_MAX);
      } catch (error) {
        throw new BatchHttpError(options.mask(`GET ${path}: ${String(error)}`), undefined, true);
      } finally {
        answer.destroy();
      }
    },
    close: () => route.close(),
  };
}

/** @throws BatchFileError; KeyError */
async function checkFiles(body: readonly BodyPart[]): Promise<void> {
  for (const part of body) {
    if (typeof part === 'string') continue;
    let size = 0;
    try {
      for await (const bytes of firstBytes(part)) size += bytes.length;
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') throw new BatchFileError(`${part.file} is missing`);
      throw error;
    }
    if (size < part.bytes) throw new BatchFileError(`${part.file} has ${size} bytes of ${part.bytes}`);
  }
}

/** @param beforeLast called before the last part */
async function* piecesOf(body: readonly BodyPart[], beforeLast: () => void): AsyncGenerator<Buffer> {
  for (const [index, part] of body.entries()) {
    if (index === body.length - 1) beforeLast();
    if (typeof part === 'string') yield Buffer.from(part);
    else for await (const chunk of firstBytes(part)) yield part.change === undefined ? chunk : part.change(chunk);
  }
}

/** @throws BatchFileError where the file is damaged; KeyError; the operating system's errors */
async function* firstBytes({ file, bytes, keys }: Exclude<BodyPart, string>): AsyncGenerator<Buffer> {
  const refuseDamage = (message: string): never => {
    throw new BatchFileError(message);
  };
  let left = bytes;
  for await (const chunk of fileContent(file, keys, refuseDamage)) {
    yield chunk.subarray(0, left);
    if ((left -= chunk.length) <= 0) return;
  }
}

/** Encrypts what goes behind so many bytes of a file. */
async function* sealed(chunks: AsyncIterable<Buffer>, keys: KeyRing, size: number): AsyncGenerator<Buffer> {
  const sealer = new SectionSealer(keys);
  // The sealer uses the memory again for what is next.
  for await (const chunk of chunks) yield Buffer.from(sealer.seal(chunk, size));
  yield sealer.end();
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

async function* withLineEnd(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield chunk as Buffer;
  yield Buffer.from('\n');
}
