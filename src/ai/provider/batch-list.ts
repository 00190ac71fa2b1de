import { BatchHttpError } from './batch-http-error.js';
import { at } from './read-json.js';

/**
 * Returns the batches on a page of a provider's list.
 *
 * @throws BatchHttpError if it is not such a page, because a batch must not count as absent then
 */
export function listedIn(page: unknown): readonly unknown[] {
  const batches = at(page, 'data');
  if (Array.isArray(batches)) return batches;
  throw new BatchHttpError('the answer is not a list of batches', undefined, true);
}
