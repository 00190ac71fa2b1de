import { describe, expect, it } from 'vitest';
import { RefusalLog, type AuditEntry } from '../../../src/server/access/audit.js';

const entry = (address: string): AuditEntry => ({ method: 'GET', path: '/', status: 401, address });

describe('the log of refusals', () => {
  it('reports each while they are few, and of a flood its size, once a minute', () => {
    let now = 0;
    const told: string[] = [];
    const more: [network: string | undefined, count: number][] = [];
    const log = new RefusalLog(
      {
        action: () => undefined,
        refused: ({ address }) => told.push(address),
        refusedMore: (network, count) => more.push([network, count]),
      },
      () => now,
    );
    for (let n = 0; n < 5000; n++) log.add(entry('192.0.2.1'));
    log.add(entry('192.0.2.2'));
    for (let n = 0; n < 1000; n++) log.add(entry(`198.51.100.${n % 250}`));
    log.sweep();
    const lines = told.length;
    expect(told.filter((one) => one === '192.0.2.1')).toHaveLength(10);
    expect(told).toContain('192.0.2.2');
    expect(lines).toBeLessThan(1000);
    expect(more).toEqual([]);

    now = 60_000;
    log.sweep();
    const counted = more.reduce((sum, [, count]) => sum + count, 0);
    expect(lines + counted).toBe(6001);
    expect(more).toContainEqual(['192.0.2.1', 4990]);
    log.add(entry('192.0.2.1'));
    expect(told).toHaveLength(lines + 1);
  });
});
