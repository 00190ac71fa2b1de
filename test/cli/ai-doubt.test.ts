import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf, runCli, startCli } from '../support/cli.js';
import type { RowFate } from '../support/fake-batches.js';
import type { FakeProvider } from '../support/fake-provider.js';
import type { Fault } from '../support/fake-faults.js';
import { aiStage, configOf, providerOf, rowsOf, type AiStage } from './ai-stage.js';

const ROWS = 3;
const RUN = ['in.ndjson', '--resume', '-o', 'out.ndjson'];
const MADE_AGAIN = 'it is made again';

/** It may have been answered and billed, and stays so until an answer comes: whatever keeps it from being asked again. */
describe('a call in doubt', () => {
  let on: AiStage;
  beforeEach(() => {
    on = aiStage();
  });
  afterEach(() => on.close());

  const count = async (): Promise<number> => {
    const { stdout } = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: on.cwd });
    return (JSON.parse(stdout) as { readonly count: number }).count;
  };
  const decide = (before: string, now: string): void =>
    on.write('colloquium.yaml', on.read('colloquium.yaml').replace(`in_doubt: ${before}`, `in_doubt: ${now}`));

  it('stays in doubt where the budget, a failure or a kill keeps it from being asked again', async () => {
    let fault: Fault | undefined = { kind: 'hang', billed: true };
    const fake: FakeProvider = await on.fake({ faults: () => fault });
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }, { more: 'journal: { in_doubt: retry }\n' }));
    on.write('in.ndjson', rowsOf(ROWS));
    /** Kills a run once so many requests are there. */
    const killed = async (requests: number): Promise<void> => {
      const child = startCli(RUN, { cwd: on.cwd });
      const ended = resultOf(child);
      while (fake.records.length < requests) await sleep(20);
      child.kill('SIGKILL');
      await ended;
    };
    await killed(ROWS);
    expect(await count()).toBe(ROWS);

    const poor = await on.run([...RUN, '--max-cost', '0.000001']);
    expect([poor.exit, fake.records.length], poor.stderr).toEqual([75, ROWS]);
    expect(poor.stderr).not.toContain(MADE_AGAIN);
    expect(await count()).toBe(ROWS);

    // Refused, so nobody knows more of the earlier requests than before.
    fault = { kind: 'status', status: 400 };
    const refused = await on.run(['in.ndjson', '-o', 'refused.ndjson', '--dead-letter', 'dead.ndjson']);
    expect([refused.exit, fake.records.length], refused.stderr).toEqual([3, 2 * ROWS]);
    expect(refused.stderr).toContain(MADE_AGAIN);
    expect(await count()).toBe(ROWS);

    fault = { kind: 'hang', billed: true };
    await killed(3 * ROWS);
    expect(await count()).toBe(ROWS);

    fault = undefined;
    decide('retry', 'hold');
    const held = await on.run(RUN);
    expect([held.exit, fake.records.length], held.stderr).toEqual([75, 3 * ROWS]);
    expect(held.stderr).toContain(`${ROWS} calls of pipeline default were under way when their process ended: `);
    decide('hold', 'retry');
    const again = await on.run(RUN);
    expect([again.exit, fake.records.length], again.stderr).toEqual([0, 4 * ROWS]);
    expect(again.stderr).toContain(MADE_AGAIN);
    expect(await count()).toBe(0);
  });

  it('of a batch stays in doubt where the next one, or a live call, is too dear, refused or not answered', async () => {
    let [looks, isRefused, isRefusedLive, fate]: [number, boolean, boolean, RowFate] = [
      Infinity,
      false,
      false,
      'answered',
    ];
    const fake = await on.fake({
      wire: 'google',
      batches: {
        get looks() {
          return looks;
        },
        faults: (step) => (isRefused && step === 'submit' ? { kind: 'status', status: 400 } : undefined),
        fate: () => fate,
      },
      faults: () => (isRefusedLive ? { kind: 'status', status: 400 } : undefined),
    });
    const asking = `{ into: /a, request: { model: gemini-2.5-flash, prompt: "\${/q}", max_tokens: 60 }, in_doubt: retry }`;
    on.write('colloquium.yaml', configOf({ google: providerOf(fake) }, { stages: [asking] }));
    on.write('in.ndjson', rowsOf(ROWS));
    const batch = ['--lane', 'batch', ...RUN];
    const child = startCli(batch, { cwd: on.cwd });
    const left = resultOf(child);
    await expect.poll(() => fake.batches.length, { timeout: 60_000 }).toBe(1);
    child.kill('SIGINT');
    await left;

    const poor = await on.run([...batch, '--deadline', '1s', '--max-cost', '0.000001']);
    expect([poor.exit, await count()], poor.stderr).toEqual([75, ROWS]);
    expect(poor.stderr).not.toContain(MADE_AGAIN);

    isRefused = true;
    looks = 0;
    const refused = await on.run(batch);
    expect([refused.exit, fake.batches.length, await count()], refused.stderr).toEqual([69, 1, ROWS]);
    expect(refused.stderr).not.toContain('asked again');

    // The batch comes back without answers or a bill, and the live calls behind it are refused.
    [isRefused, isRefusedLive, fate] = [false, true, 'errored'];
    const sent = await on.run([...batch, '--dead-letter', 'dead.ndjson']);
    expect([sent.exit, fake.batches.length, await count()], sent.stderr).toEqual([3, 2, ROWS]);
    expect(sent.stderr).toMatch(/batch \w+: 3 requests of it were in doubt, and may have been billed: asked again /);

    [isRefusedLive, fate] = [false, 'answered'];
    const asked = fake.records.length;
    const later = ['in.ndjson', '-o', 'later.ndjson'];
    decide('retry', 'hold');
    const held = await on.run(later);
    expect([held.exit, fake.records.length], held.stderr).toEqual([75, asked]);
    expect(held.stderr).toContain(
      '3 calls of pipeline default were in batches that brought no certain result of them: ',
    );
    decide('hold', 'retry');
    const again = await on.run(later);
    expect([again.exit, fake.records.length, await count()], again.stderr).toEqual([0, asked + ROWS, 0]);
  });
});
