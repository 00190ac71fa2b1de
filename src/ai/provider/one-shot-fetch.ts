import { HeaderList, TransportError, type HttpAnswer, type StreamReader, type Transport } from '../transport/index.js';
import { tooMuch } from './answer-bounds.js';

/** One HTTP attempt as it happened, whatever the library made of it. */
export interface Exchange {
  answer: HttpAnswer | undefined;
  error: TransportError | undefined;
}

/** How the one request is made. */
export interface OneShotOptions {
  /** Parameters and headers beside those of the library. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
  /** Takes the answer if it is streamed: then the library gets an empty one. */
  readonly stream?: StreamReader | undefined;
  /** Of an answer that is not streamed: it may have so many values as vectors have. */
  readonly holdsVectors: boolean;
}

/**
 * A `fetch` for exactly one request, which it records. A second request of the library, for a retry or for the rest of a long
 * answer, is rejected: the ledger must see every attempt. The library never gets an answer that is too large to be parsed.
 */
export function oneShotFetch(
  transport: Transport,
  { query = {}, headers: extraHeaders = {}, signal, stream, holdsVectors }: OneShotOptions,
): { readonly fetch: typeof fetch; readonly exchange: Exchange } {
  const exchange: Exchange = { answer: undefined, error: undefined };
  let used = false;
  return {
    exchange,
    async fetch(input, init) {
      if (used) throw new Error('a second request within one attempt');
      used = true;
      const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const headers = new HeaderList(init?.headers as Record<string, string> | undefined);
      for (const [name, value] of Object.entries(extraHeaders)) headers.set(name, value);
      try {
        const body = typeof init?.body === 'string' ? init.body : '';
        const answer = await transport.post(url.href, headers, body, signal, stream);
        const excess = tooMuch(answer.body, holdsVectors);
        if (excess !== undefined) throw new TransportError('too-large', true, excess);
        exchange.answer = answer;
        return responseOf(answer);
      } catch (error) {
        if (error instanceof TransportError) exchange.error = error;
        throw error;
      }
    },
  };
}

/** As much of a `Response` as the library reads: see {@link HeaderList}. */
function responseOf({ status, headers, body }: HttpAnswer): Response {
  const ok = status >= 200 && status <= 299;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      if (body !== '') controller.enqueue(Buffer.from(body));
      controller.close();
    },
  });
  return { ok, status, statusText: '', headers, body: stream } as unknown as Response;
}
