import type { Json } from 'computo-js';
import { readStoredEvent } from '../../event/index.js';
import { parseJson } from '../../json/index.js';
import type { OpenExecutor } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { reasonIn } from './past-results.js';
import type { SideResult } from './compare.js';

/** Sends one stored event through a pipeline whose outputs take whole events. @throws RunPaused */
export async function resultOf(
  executor: OpenExecutor,
  block: Block,
  meta: { readonly source: string; readonly timestamp: number; readonly counter: number },
): Promise<SideResult> {
  const data = new Map<string, Json>();
  let reason: string | undefined;
  let next: Awaited<ReturnType<OpenExecutor['submit']>> | undefined = await executor.submit(block, meta);
  while (next !== undefined) {
    // Several outputs may take an event.
    for (const line of next.outputs.flatMap((lines) => lines.toString().split('\n'))) {
      const stored = line === '' ? undefined : readStoredEvent(line);
      if (stored !== undefined) data.set(stored.origin.id, parseJson(stored.data, Infinity));
    }
    for (const { head } of next.deadLetters) reason ??= reasonIn(errorIn(head));
    next = await next.rest?.();
  }
  // Of an event that was taken apart, the parts that did not fail are its result.
  return reason !== undefined && data.size === 0
    ? { kind: 'failed', reason }
    : { kind: 'out', data: [...data.values()] };
}

/** @param head of a dead letter, without its line */
function errorIn(head: string): Json | undefined {
  const letter = parseJson(`${head}0}`, Infinity);
  return typeof letter === 'object' && letter !== null && 'error' in letter ? letter.error : undefined;
}
