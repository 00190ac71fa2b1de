import { afterEach, describe, expect, it } from 'vitest';
import type { BatchFault, BatchStep } from '../support/fake-batches.js';
import { aiStage, type AiStage } from './ai-stage.js';
import { BATCH_RUN, BATCH_WIRES, expectWhole, writeBatchRun } from './ai-batch-run.js';

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
});
