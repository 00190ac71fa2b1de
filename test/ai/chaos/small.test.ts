import { beforeAll, describe, it } from 'vitest';
import { bundleProgram } from '../../support/fake-bundle.js';
import { budgetHolds, faultsConserve, killsLoseNothing } from './scenarios.js';

// Small versions of what chaos.chaos.test.ts does at length.

let program: string;
beforeAll(async () => {
  program = await bundleProgram('test/ai/chaos/worker.ts');
});

describe('money', () => {
  it.each([1, 2])('is conserved whatever goes wrong (seed %i)', (seed) => faultsConserve(seed, 30, 0.5));

  it('is never overspent by processes that share a budget, nor left unspent', () => budgetHolds(program, 2, 16, '1'));
});

describe('a run that is killed', () => {
  it('continues where it was, and pays for no answer twice', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `question ${i}`);
    return killsLoseNothing(program, rows, 1, 1, 10);
  });
});
