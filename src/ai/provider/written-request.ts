import { HeaderList } from '../transport/index.js';
import { withExtra } from './extra-body.js';

/** A request as written by the AI SDK. */
export interface WrittenRequest {
  readonly url: URL;
  readonly headers: HeaderList;
  /** JSON. */
  readonly body: string;
  /** The library's warnings about settings that it dropped or changed. */
  readonly warnings: readonly unknown[];
}

/** Additions to every request. */
export interface Additions {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Members of the body: maps are merged, any other value replaces the existing one. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Lets the AI SDK write a request without sending it. The library's own sending is unsuitable where money is at stake: it may
 * send more than one request, and it fails on some answers that were paid for.
 *
 * @param make creates a model that uses this `fetch`
 * @param ask calls the model; its result is ignored
 * @throws Error for a request that the library or the wire rejects
 */
export async function writeRequest<Model extends object>(
  make: (fetch: typeof globalThis.fetch) => Promise<Model>,
  ask: (model: Model) => PromiseLike<unknown>,
  { query = {}, headers: more = {}, extra }: Additions,
): Promise<WrittenRequest> {
  let tell: (request: Omit<WrittenRequest, 'warnings'>) => void;
  const written = new Promise<Omit<WrittenRequest, 'warnings'>>((resolve) => (tell = resolve));
  const model = await make((input, init) => {
    const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = new HeaderList(init?.headers as Record<string, string> | undefined);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    tell({ url, headers, body: withExtra(typeof init?.body === 'string' ? init.body : '', extra) });
    // The library waits for an answer that never comes, and is forgotten: an error would go through all of its handlers.
    return new Promise(() => undefined);
  });
  const warnings = warningsOf(model);
  const request = await Promise.race([written, ended(ask(model))]);
  return { ...request, warnings: warnings() };
}

async function ended(asking: PromiseLike<unknown>): Promise<never> {
  await asking;
  throw new Error('the wire library has written no request');
}

/** Collects the warnings. The library returns them with an answer, but computes them in `getArgs`, which writes the body. */
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
