import type { LogPosition } from '../../log/index.js';
import { logSource, type ReadableLog } from '../../sources/index.js';
import { sentTo } from '../../event/index.js';

/** Whether events for a pipeline are stored from a place onward. @throws LogError */
export async function hasEventsOf(
  log: ReadableLog,
  pipeline: string,
  from: LogPosition | { readonly since: number },
): Promise<boolean> {
  const ending = new AbortController();
  const source = logSource(log, { from, accepts: sentTo(pipeline), onDamage: () => undefined });
  try {
    for await (const block of source.blocks(ending.signal))
      if (block.kind === 'lines' && block.bytes.length > 0) return true;
    return false;
  } finally {
    ending.abort();
  }
}
