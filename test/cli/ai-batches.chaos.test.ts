import { afterEach, describe, expect, it } from 'vitest';
import { resultOf, startCli } from '../support/cli.js';
import type { BatchFault, BatchStep } from '../support/fake-batches.js';
import { aiStage, type AiStage } from './ai-stage.js';
import { BATCH_RUN, BATCH_WIRES, expectWhole, LARGE_BATCH_RUN, writeBatchRun } from './ai-batch-run.js';

describe('a run with batches', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  it.each(BATCH_WIRES)(
    'whose steps of $wire fail at first, or break off, gets its answers all the same',
    async (one) => {
      const { wire, steps, model } = one;
      stage = aiStage();
      const faults: readonly BatchFault[] = [
        { kind: 'status', status: 503 },
        { kind: 'reset', done: true },
        { kind: 'cut' },
      ];
      const seen = new Map<BatchStep, number>();
      const fake = await stage.fake({
        wire,
        batches: {
          faults(step) {
            const n = seen.get(step) ?? 0;
            seen.set(step, n + 1);
            return steps.includes(step) ? faults[n] : undefined;
          },
        },
      });
      writeBatchRun(stage, wire, model, fake);
      const result = await stage.run(BATCH_RUN);
      expect(result.exit, result.stderr).toBe(0);
      await expectWhole(stage, fake);
    },
  );

  it('of 5,000 rows that is killed 20 times, at any moment, pays for each row once', async () => {
    stage = aiStage();
    let atStep: () => void = () => undefined;
    const fake = await stage.fake({ batches: { looks: 2, onStep: () => atStep() } });
    writeBatchRun(stage, 'openai', 'gpt-4o-mini', fake, 5000);
    for (let life = 0; life < 20; life += 1) {
      const child = startCli(LARGE_BATCH_RUN, { cwd: stage.cwd });
      const ended = resultOf(child);
      // Half of the lives end while requests are gathered or answers written, the others at a step of the provider or soon after.
      const kill = (): void => void child.kill('SIGKILL');
      const soon = setTimeout(kill, life % 2 === 0 ? Math.random() * 4000 : 60_000);
      let steps = Math.floor(Math.random() * 6);
      atStep = () => {
        if (life % 2 === 1 && (steps -= 1) < 0) setTimeout(kill, Math.random() * 30);
      };
      await ended;
      clearTimeout(soon);
    }
    atStep = () => undefined;
    const last = await resultOf(startCli(LARGE_BATCH_RUN, { cwd: stage.cwd }));
    expect(last.exit, last.stderr).toBe(0);
    await expectWhole(stage, fake, 5000);
  });
});
