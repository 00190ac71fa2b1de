import { afterEach, describe, expect, it } from 'vitest';
import { resultOf, startCli } from '../support/cli.js';
import type { BatchStep } from '../support/fake-batches.js';
import { aiStage, type AiStage } from './ai-stage.js';
import { BATCH_RUN, BATCH_WIRES, expectWhole, writeBatchRun } from './ai-batch-run.js';

describe('a run with batches', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  it.each(BATCH_WIRES)('that is killed at each step of $wire goes on where it was', async ({ wire, steps, model }) => {
    stage = aiStage();
    const left = [...steps];
    let atStep: (step: BatchStep) => void = () => undefined;
    const fake = await stage.fake({ wire, batches: { looks: 2, onStep: (step) => atStep(step) } });
    writeBatchRun(stage, wire, model, fake);
    let last: { readonly exit: number | string | null; readonly stderr: string } = { exit: null, stderr: '' };
    for (let run = 0; run < steps.length + 2 && last.exit !== 0; run++) {
      const child = startCli(BATCH_RUN, { cwd: stage.cwd });
      const ended = resultOf(child);
      atStep = (step) => {
        if (left[0] !== step) return;
        left.shift();
        atStep = () => undefined;
        child.kill('SIGKILL');
      };
      last = await ended;
    }
    expect(last.exit, last.stderr).toBe(0);
    expect(left, 'steps at which it was not killed').toEqual([]);
    await expectWhole(stage, fake);
  });
});
