import type { BatchRecord } from '../batch-store/index.js';
import { BatchHttpError, type ProviderBatches } from '../provider/index.js';
import { contentText } from './batch-words.js';
import type { ProviderLane } from './provider-lane.js';

/** A lane that may fetch a batch. */
export interface BatchSender {
  readonly lane: ProviderLane;
  readonly batches: ProviderBatches;
}

/** The lanes that may fetch a batch, that with its key first. */
export interface BatchSenders {
  readonly all: readonly BatchSender[];
  /** Whether the first of them has the key that the batch was sent with. */
  readonly hasKey: boolean;
}

/** Finds the lanes of the server that a batch was sent to. */
export async function sendersOf(lanes: readonly ProviderLane[], record: BatchRecord): Promise<BatchSenders> {
  const { provider: name, baseUrl, kind, key, tag } = record;
  const all: BatchSender[] = [];
  const own: BatchSender[] = [];
  for (const lane of lanes) {
    const { provider } = lane;
    const { batches } = provider;
    if (lane.name !== name || provider.baseUrl !== baseUrl || batches === undefined) continue;
    if (kind !== undefined && provider.kind !== kind) continue;
    const isOwn = key === undefined ? lane.index === record.lane : (await batches.keyMark(tag)) === key;
    (isOwn ? own : all).push({ lane, batches });
  }
  return { all: [...own, ...all], hasKey: own.length > 0 };
}

export type Reached =
  /** `isCertain`: it has answered; otherwise it can't be asked now. */
  | { readonly kind: 'by'; readonly sender: BatchSender; readonly isCertain: boolean }
  /** None of the keys may see it. */
  | { readonly kind: 'refused'; readonly message: string };

const REFUSED: ReadonlySet<number | undefined> = new Set([401, 403, 404, 410]);

/** Asks the server for a batch with one key after the other. @param all at least one */
export async function reach({ all, hasKey }: BatchSenders, remote: string): Promise<Reached> {
  let message = 'no key of it is left';
  let isForgotten = false;
  for (const [at, sender] of all.entries()) {
    try {
      await sender.batches.poll(remote);
      return { kind: 'by', sender, isCertain: true };
    } catch (error) {
      if (!(error instanceof BatchHttpError)) throw error;
      if (!REFUSED.has(error.status)) return { kind: 'by', sender, isCertain: false };
      // With its own key, it may be known again later.
      if (at === 0 && hasKey && error.isMissing) isForgotten = true;
      message = error.message;
    }
  }
  const [first] = all;
  return isForgotten && first !== undefined
    ? { kind: 'by', sender: first, isCertain: true }
    : { kind: 'refused', message };
}

/** Says of a batch that the config can't fetch it any more. @param why what the provider answers */
export function strayText(record: BatchRecord, why?: string): string {
  const { id, provider, baseUrl, kind, remote } = record;
  const what = kind === undefined || kind === provider ? provider : `${provider}, of kind ${kind},`;
  const place = `batch ${id} (${contentText(record)}) was sent to ${what} at ${baseUrl}`;
  if (why === undefined) return `${place}, which the config does not have any more`;
  return `${place}${remote === undefined ? '' : ` as ${remote}`} with a key that the config does not have any more (${why})`;
}
