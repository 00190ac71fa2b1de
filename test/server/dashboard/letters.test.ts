import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LettersLook, RetryPreview } from '../../../src/server/index.js';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';

const CONFIG = `
pipelines:
  default:
    stages: [{ name: work, computo: 2 * /n }]
    outputs: [{ file: ./out.ndjson }, { stdout: true }]
    dead_letter: ./dead.ndjson
  windows:
    stages: [{ filter: /n > 0 }, { batch: { size: 2 } }]
    outputs: [{ file: ./windows.ndjson }]
    dead_letter: ./dead-windows.ndjson
`;

describe('dead letters of a daemon', () => {
  const cwd = scratch();
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await startDaemon(CONFIG, { cwd });
  });
  afterAll(() => daemon.end());

  const look = async (): Promise<LettersLook> =>
    (await (await fetch(`${daemon.url}/dead-letters`)).json()) as LettersLook;
  const preview = async (): Promise<RetryPreview> =>
    (await (await fetch(`${daemon.url}/dead-letters/redrive`)).json()) as RetryPreview;

  it('are grouped by reason, without the values in it, the most frequent first', async () => {
    expect(await look()).toEqual({ letters: [], groups: [], looked: 0, whole: true });
    await postLines(`${daemon.url}/events`, '{"n":"a"}\n{"n":1}\n{"n":"b \\" 7"}\n{"n":[]}\n{"n":"c"}\n');
    await until(async () => (await look()).looked === 4, 'all have failed');
    const { groups, letters } = await look();
    expect(groups.map(({ count, pipeline, stage }) => [count, pipeline, stage])).toEqual([
      [3, 'default', 'work'],
      [1, 'default', 'work'],
    ]);
    expect(groups[0]?.example).toEqual(letters[0]);
    expect(groups[0]?.example.excerpt).toBe('{"n":"c"}');
    expect(groups[0]?.example.message).toContain('"c"');
    expect(groups[0]?.reason).not.toContain('c"');
  });

  it('are counted for a retry by pipeline, and nothing is retried by that', async () => {
    await postLines(`${daemon.url}/events/windows`, '{"n":"x"}\n');
    await until(async () => (await look()).looked === 5, 'it has failed');
    appendFileSync(join(cwd, 'dead.ndjson'), '{"error":{"kind":"x","message":"m"},"raw":"nope"}\n');
    const expected: RetryPreview = {
      pipelines: [
        { pipeline: 'default', letters: 4, outputs: [join(cwd, 'out.ndjson'), 'stdout'], asks_ai: false },
        {
          pipeline: 'windows',
          letters: 1,
          outputs: [join(cwd, 'windows.ndjson')],
          asks_ai: false,
          refused:
            'pipeline windows has stages that look across events: stop the daemon, then run colloquium replay --dead-letters --to-outputs',
        },
      ],
      left: 1,
      driven_before: 0,
      more: false,
    };
    expect(await preview()).toEqual(expected);
    expect(await Promise.all([preview(), preview()])).toEqual([expected, expected]);
    const retried = await fetch(`${daemon.url}/dead-letters/redrive`, { method: 'POST' });
    expect(await retried.json()).toMatchObject({ input: 4, dead_lettered: 4, left: 1 });
    expect((await preview()).pipelines[0]).toMatchObject({ letters: 4 });
    expect((await preview()).driven_before).toBe(4);
  });

  it('are the newest ones of a file that is too long', async () => {
    const filler = `${JSON.stringify({ error: { kind: 'k', message: 'm' }, raw: 'x'.repeat(500) })}\n`;
    writeFileSync(join(cwd, 'dead-windows.ndjson'), filler.repeat(4000));
    const { looked, whole, letters, groups } = await look();
    expect(whole).toBe(false);
    expect(looked).toBeLessThan(4000);
    expect(letters).toHaveLength(20);
    expect(groups.find(({ kind }) => kind === 'k')?.count).toBeGreaterThan(1000);
  });
});
