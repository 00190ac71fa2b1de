import { BatchHttpError } from './batch-http-error.js';
import type { BatchHttp } from './batch-http.js';
import type { Finding } from './batch-wire.js';
import { at, textAt } from './read-json.js';

/** The maximum number of pages that are searched for a batch. */
const PAGES_MAX = 100;
/** The maximum difference between the clocks of two machines. */
const CLOCKS_MS = 600_000;

/** Returns the id of a file or batch that a provider has made. @throws BatchHttpError if the answer has none */
export function idIn(body: unknown, ...path: readonly string[]): string {
  const id = textAt(body, ...(path.length === 0 ? ['id'] : path));
  if (id !== undefined) return id;
  throw new BatchHttpError('the answer has no id', undefined, true);
}

/** How a provider lists batches. */
export interface BatchList {
  /** Below the base URL, with the query that sets the size of a page. */
  readonly path: string;
  /** Whether the newest come first, so that what follows an old one is older. */
  readonly isNewestFirst: boolean;
  /** The batches on a page; undefined if it is no page, because a batch must not count as absent then. */
  readonly batchesIn: (page: unknown) => readonly unknown[] | undefined;
  readonly idOf: (batch: unknown) => string | undefined;
  /** The rest of the query for the page after this one; undefined: it is the last. */
  readonly next: (page: unknown, last: unknown) => string | undefined;
  /** When a batch was made, milliseconds since the epoch; NaN: that can't be read. */
  readonly timeOf: (batch: unknown) => number;
}

/** Pages whose batches are in `data`, the newest first. @param after the query parameter that names the last batch of the page before */
export function dataPages(path: string, after: string, timeOf: BatchList['timeOf']): BatchList {
  return {
    path: `${path}?limit=100`,
    isNewestFirst: true,
    batchesIn(page) {
      const batches = at(page, 'data');
      return Array.isArray(batches) ? batches : undefined;
    },
    idOf: (batch) => textAt(batch, 'id'),
    next: (page, last) =>
      at(page, 'has_more') === true && last !== undefined
        ? `${after}=${encodeURIComponent(textAt(last, 'id') ?? '')}`
        : undefined,
    timeOf,
  };
}

/**
 * Looks through a provider's list for a batch.
 *
 * @param since when it was made at the earliest, by our clock
 * @param isOurs whether a batch is the one that is sought; undefined: that can't be told. @param isOld it is older than `since`
 * @throws BatchHttpError
 */
export async function findListed(
  http: BatchHttp,
  { path, isNewestFirst, batchesIn, idOf, next, timeOf }: BatchList,
  since: number,
  isOurs: (
    batch: unknown,
    id: string | undefined,
    isOld: boolean,
  ) => boolean | undefined | Promise<boolean | undefined>,
): Promise<Finding> {
  const isOld = (batch: unknown): boolean => timeOf(batch) < since - CLOCKS_MS;
  let behind = '';
  let isUnsure = false;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const listed = await http.json({ method: 'GET', path: `${path}${behind}` });
    const batches = batchesIn(listed);
    if (batches === undefined) throw new BatchHttpError('the answer is not a list of batches', undefined, true);
    for (const batch of batches) {
      const id = idOf(batch);
      const found = await isOurs(batch, id, isOld(batch));
      if (found === true && id !== undefined) return { kind: 'found', id };
      if (found === undefined) isUnsure = true;
    }
    const last = batches.at(-1);
    const rest = next(listed, last);
    if (rest === undefined || (isNewestFirst && isOld(last))) return { kind: isUnsure ? 'unsure' : 'absent' };
    behind = `&${rest}`;
  }
  return { kind: 'unsure' };
}
