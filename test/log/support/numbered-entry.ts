import type { LogEntry } from '../../../src/log/index.js';

/** An event that says who appended it, and as which of theirs. */
export interface Numbered {
  readonly round: number;
  readonly appender: number;
  readonly number: number;
}

/** The event as an entry with a key of its own, of changing length. */
export function numberedEntry(numbered: Numbered): LogEntry {
  const { round, appender, number } = numbered;
  return {
    data: JSON.stringify({ ...numbered, text: 'x'.repeat((number * 37) % 400) }),
    metadata: '{"source":"test","pipeline":"default","retry_count":0}',
    key: `${round}/${appender}/${number}`,
  };
}
