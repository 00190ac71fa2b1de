import { BatchRefusedError, contentText, type AiClient, type BatchRecord } from '../../ai/index.js';

/** The most batches that are named. */
const NAMED_MAX = 3;

/**
 * Looks once at a pipeline's batches that nobody waits for, because a prompt, a model or the input was changed since: fetches those
 * that have ended, so that their cost is known, and tells of those that are still out.
 *
 * @param needed the ids of batches that are waited for
 */
export async function lookAtLeftovers(
  { batches }: Pick<AiClient, 'batches'>,
  pipeline: string,
  notice: (message: string) => void,
  needed: { readonly has: (id: string) => boolean } = new Set<string>(),
): Promise<void> {
  const out = async (): Promise<readonly BatchRecord[]> => {
    const found: BatchRecord[] = [];
    for await (const record of batches.out()) {
      if (record.pipeline === pipeline && !needed.has(record.id)) found.push(record);
    }
    return found;
  };
  const only = new Set((await out()).map(({ id }) => id));
  if (only.size === 0) return;
  try {
    await batches.advance({ only, maySubmit: () => false });
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    notice(error.message);
  }
  const left = await out();
  for (const record of left.slice(0, NAMED_MAX))
    notice(`${outText(record)}, and this run does not wait for it; if no daemon does, ${waysOut(record)}`);
  if (left.length > NAMED_MAX) notice(`${left.length - NAMED_MAX} more are out: colloquium journal batches lists them`);
}

/** Says of a batch where it is, what it holds, and what that costs at most. */
export function outText({ id, provider, remote, pipeline, ...record }: BatchRecord): string {
  const where = remote === undefined ? provider : `${provider} as ${remote}`;
  return `batch ${id} (${contentText(record)}) of pipeline ${pipeline} is still out at ${where}`;
}

/** What a person can do about a batch that nobody waits for. */
export function waysOut({ id }: BatchRecord): string {
  return `colloquium journal batches --fetch ${id} gets its answers, --cancel ends it, --forget gives it up`;
}
