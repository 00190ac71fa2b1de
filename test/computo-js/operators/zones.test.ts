import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { execute, type Json } from 'computo-js';

/** What Python's zoneinfo says of a zone: around the times at which clocks are set, and at others. */
type Row =
  | { kind: 'shown'; zone: string; instant: number; local: string; offset: number }
  | { kind: 'named'; zone: string; local: string; instant: number }
  | { kind: 'floor'; zone: string; instant: number; unit: string; start: number }
  | { kind: 'added'; zone: string; instant: number; duration: string; result: number };

const rows = readFileSync(new URL('../../../fixtures/computo-js/zones.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const run = (...script: Json[]): Json => execute(script);

describe('what Python says of', () => {
  for (const zone of new Set(rows.map((row) => row.zone))) {
    it(zone, () => {
      const failures = rows.filter((row) => row.zone === zone && !holds(row));
      expect(failures).toEqual([]);
    });
  }
});

function holds(row: Row): boolean {
  switch (row.kind) {
    case 'shown': {
      const isRead = run('time.parse', `${row.local} ${offsetText(row.offset)}`, '%FT%T %z') === row.instant;
      return (
        isRead &&
        run('time.format', row.instant, '%Y-%m-%dT%H:%M:%S %z', row.zone) === `${row.local} ${offsetText(row.offset)}`
      );
    }
    case 'named':
      return run('time.parse', row.local, '%Y-%m-%dT%H:%M:%S', row.zone) === row.instant;
    case 'floor':
      return run('time.floor', row.instant, row.unit, row.zone) === row.start;
    case 'added':
      return run('time.add', row.instant, row.duration, row.zone) === row.result;
  }
}

function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1000;
  const parts = [seconds / 3600, (seconds / 60) % 60, ...(seconds % 60 === 0 ? [] : [seconds % 60])];
  return `${offset < 0 ? '-' : '+'}${parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join('')}`;
}
