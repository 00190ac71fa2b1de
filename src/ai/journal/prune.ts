import { remover, type Store } from '../store/index.js';
import { parseRecord, type CallState } from './record.js';

export interface Pruned {
  readonly removed: number;
  readonly kept: number;
  readonly keptBytes: number;
}

const HOUR_MS = 3_600_000;

/**
 * Removes calls that are older than a time and not under way, then the oldest ones until the size fits. Memory does not grow with
 * the number of records: a first pass only counts bytes per hour.
 */
export async function pruneStore(
  store: Store,
  { before, bytesMax }: { before: number; bytesMax: number },
): Promise<Pruned> {
  const bytesByHour = new Map<number, number>();
  let bytes = 0;
  for await (const { value } of store.scan()) {
    const time = removableTime(value);
    if (time !== undefined && time < before) continue;
    bytes += value.length;
    if (time !== undefined) bytesByHour.set(hourOf(time), (bytesByHour.get(hourOf(time)) ?? 0) + value.length);
  }

  let cutHour = hourOf(before);
  for (const [hour, size] of [...bytesByHour].sort(([a], [b]) => a - b)) {
    if (bytes <= bytesMax) break;
    bytes -= size;
    cutHour = hour + 1;
  }
  const cut = Math.max(before, cutHour * HOUR_MS);

  const old = remover(store);
  let removed = 0;
  let kept = 0;
  let keptBytes = 0;
  for await (const { key, value } of store.scan()) {
    const time = removableTime(value);
    if (time !== undefined && time < cut) {
      await old.remove(key);
      removed += 1;
    } else {
      kept += 1;
      keptBytes += value.length;
    }
  }
  await old.finish();
  return { removed, kept, keptBytes };
}

const REMOVABLE: readonly CallState['kind'][] = ['ended', 'draft', 'received', 'returned'];

/** The time of a removable record; undefined for a call that may be under way or in doubt. */
function removableTime(text: string): number | undefined {
  const { state, time } = parseRecord(text);
  const isDoubtful = 'doubt' in state && state.doubt !== undefined;
  return REMOVABLE.includes(state.kind) && !isDoubtful ? time : undefined;
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS);
}
