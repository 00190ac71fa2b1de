import { BatchHttpError } from './batch-http-error.js';
import type { BatchHttp } from './batch-http.js';
import type { Finding } from './batch-wire.js';
import { at, textAt } from './read-json.js';

/** The maximum number of pages that are searched for a batch. */
const PAGES_MAX = 20;
/** The maximum difference between the clocks of two machines. */
const CLOCKS_MS = 600_000;

/**
 * Returns the batches on a page of a provider's list.
 *
 * @throws BatchHttpError if it is not such a page, because a batch must not count as absent then
 */
function listedIn(page: unknown): readonly unknown[] {
  const batches = at(page, 'data');
  if (Array.isArray(batches)) return batches;
  throw new BatchHttpError('the answer is not a list of batches', undefined, true);
}

/** Returns the id of a file or batch that a provider has made. @throws BatchHttpError if the answer has none */
export function idIn(body: unknown): string {
  const id = textAt(body, 'id');
  if (id !== undefined) return id;
  throw new BatchHttpError('the answer has no id', undefined, true);
}

/** How a provider lists batches, the newest first. */
export interface BatchList {
  /** Below the base URL, without a query. */
  readonly path: string;
  /** The query parameter that names the last batch of the page before. */
  readonly after: string;
  /** When a batch was made, milliseconds since the epoch; NaN: that can't be read. */
  readonly timeOf: (batch: unknown) => number;
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
  { path, after, timeOf }: BatchList,
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
    const listed = await http.json({ method: 'GET', path: `${path}?limit=100${behind}` });
    const batches = listedIn(listed);
    for (const batch of batches) {
      const id = textAt(batch, 'id');
      const found = await isOurs(batch, id, isOld(batch));
      if (found === true && id !== undefined) return { kind: 'found', id };
      if (found === undefined) isUnsure = true;
    }
    const last = batches.at(-1);
    if (last === undefined || at(listed, 'has_more') !== true || isOld(last))
      return { kind: isUnsure ? 'unsure' : 'absent' };
    behind = `&${after}=${encodeURIComponent(textAt(last, 'id') ?? '')}`;
  }
  return { kind: 'unsure' };
}
