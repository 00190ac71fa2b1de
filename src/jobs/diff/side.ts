import type { Json } from 'computo-js';
import { readStoredEvent } from '../../event/index.js';
import { parseJson } from '../../json/index.js';
import type { OpenExecutor } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { reasonIn } from './past-results.js';
import type { ResultPart, SideResult } from './compare.js';
import { comparePartIds } from './part-ids.js';
import { routeOf, type NamedOutput } from './routes.js';

/**
 * Sends one stored event through a pipeline whose outputs take whole events.
 *
 * @param named the pipeline's outputs; what comes out of one more is unrouted
 * @throws RunPaused
 */
export async function resultOf(
  executor: OpenExecutor,
  named: readonly NamedOutput[],
  block: Block,
  meta: { readonly source: string; readonly timestamp: number; readonly counter: number },
): Promise<SideResult> {
  const parts = new Map<string, ResultPart>();
  let reason: string | undefined;
  let next: Awaited<ReturnType<OpenExecutor['submit']>> | undefined = await executor.submit(block, meta);
  while (next !== undefined) {
    for (const [index, lines] of next.outputs.entries()) {
      const output = named[index];
      for (const line of lines.toString().split('\n')) {
        const stored = line === '' ? undefined : readStoredEvent(line);
        if (stored === undefined) continue;
        const { id, routingKey, timestamp } = stored.origin;
        // Several outputs may take an event.
        const part = parts.get(id) ?? { id, data: parseJson(stored.data, Infinity), outputs: [] };
        const route = output === undefined ? [] : [routeOf(output, routingKey, timestamp)];
        parts.set(id, { ...part, outputs: [...part.outputs, ...route] });
      }
    }
    for (const { head } of next.deadLetters) reason ??= reasonIn(errorIn(head));
    next = await next.rest?.();
  }
  // Of an event that was taken apart, the parts that did not fail are its result.
  return reason !== undefined && parts.size === 0
    ? { kind: 'failed', reason }
    : { kind: 'out', parts: [...parts.values()].sort((a, b) => comparePartIds(a.id, b.id)) };
}

/** @param head of a dead letter, without its line */
function errorIn(head: string): Json | undefined {
  const letter = parseJson(`${head}0}`, Infinity);
  return typeof letter === 'object' && letter !== null && 'error' in letter ? letter.error : undefined;
}
