import { HeaderList } from '../transport/index.js';
import { withExtra } from './extra-body.js';

/** A request as the AI SDK has written it. */
export interface WrittenRequest {
  readonly url: URL;
  readonly headers: HeaderList;
  /** JSON. */
  readonly body: string;
  /** What the library says of settings that it left out or changed. */
  readonly warnings: readonly unknown[];
}

/** What is sent with every request. */
export interface Additions {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Members of the body: maps are merged, anything else replaces what is there. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** Ends the library's work once it has written its request. One for all, because a stack takes long to record. */
const WRITTEN = new Error('the request is written');

/**
 * Lets the AI SDK write a request without sending it. The library's way of sending is too coarse for decisions on money and retries:
 * it may send more than one request, and it fails on answers that were paid for.
 *
 * @param make creates a model that uses this `fetch`
 * @param ask calls the model; what it returns is never used
 * @throws Error for a request that the library or the wire refuses
 */
export async function writeRequest<Model extends object>(
  make: (fetch: typeof globalThis.fetch) => Promise<Model>,
  ask: (model: Model) => PromiseLike<unknown>,
  { query = {}, headers: more = {}, extra }: Additions,
): Promise<WrittenRequest> {
  let request: Omit<WrittenRequest, 'warnings'> | undefined;
  const model = await make((input, init) => {
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = new HeaderList(init?.headers as Record<string, string> | undefined);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    request = { url, headers, body: withExtra(typeof init?.body === 'string' ? init.body : '', extra) };
    throw WRITTEN;
  });
  const warnings = warningsOf(model);
  try {
    await ask(model);
  } catch (error) {
    if (request === undefined) throw error;
  }
  if (request === undefined) throw new Error('the wire library has written no request');
  return { ...request, warnings: warnings() };
}

/** The library returns its warnings with an answer, but knows them from `getArgs`, which writes the body. */
function warningsOf(model: object): () => readonly unknown[] {
  let warnings: readonly unknown[] = [];
  const writer = model as { getArgs?: (...settings: unknown[]) => Promise<{ readonly warnings?: readonly unknown[] }> };
  const getArgs = writer.getArgs?.bind(model);
  if (getArgs !== undefined)
    writer.getArgs = async (...settings) => {
      const written = await getArgs(...settings);
      warnings = written.warnings ?? [];
      return written;
    };
  return () => warnings;
}
