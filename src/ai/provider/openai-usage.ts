import type { BillableTokens } from '../money/index.js';
import { at, countAt } from './read-json.js';

/** Chat completions' usage in billable classes; undefined when it is missing or contradictory. */
export function openaiTokens(usage: unknown): BillableTokens | undefined {
  const prompt = countAt(usage, 'prompt_tokens');
  const output = countAt(usage, 'completion_tokens');
  const cacheRead = countAt(usage, 'prompt_tokens_details', 'cached_tokens');
  const cacheWrite = countAt(usage, 'prompt_tokens_details', 'cache_write_tokens');
  if (at(usage, 'prompt_tokens') === undefined || at(usage, 'completion_tokens') === undefined) return undefined;
  if (prompt === undefined || output === undefined || cacheRead === undefined || cacheWrite === undefined)
    return undefined;
  const input = prompt - cacheRead - cacheWrite;
  return input < 0 ? undefined : { input, cacheRead, cacheWrite, cacheWriteHour: 0, output };
}
