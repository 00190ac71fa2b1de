import { beforeAll, describe, it } from 'vitest';
import { bundleProgram } from '../../support/fake-bundle.js';
import { budgetHolds, faultsConserve, killsLoseNothing } from './scenarios.js';

let program: string;
beforeAll(async () => {
  program = await bundleProgram('test/ai/chaos/worker.ts');
});

describe('money', () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 100))('is conserved whatever goes wrong (seed %i)', (seed) =>
    faultsConserve(seed, 60, 0.2 + (seed % 5) * 0.15),
  );

  it('of one dollar is not overspent by 64 callers in 4 processes', () => budgetHolds(program, 4, 64, '1'));
});

describe('a run of 1,319 rows', () => {
  it.each([1, 2])('that is killed ten times pays for no answer twice (seed %i)', (seed) => {
    const rows = Array.from(
      { length: 1319 },
      (_, i) => `question ${i}: how much is ${i} times ${i * 7}, ${'step by step '.repeat(i % 30)}please?`,
    );
    return killsLoseNothing(program, rows, 10, seed, 15);
  });
});
