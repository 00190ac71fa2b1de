import fc from 'fast-check';
import { it } from 'vitest';
import { batchScenarios, expectBatchesConserve } from './batch-scenario.js';

it('rows in batches have one answer or one failure each, and are paid once, whatever goes wrong', () =>
  fc.assert(fc.asyncProperty(batchScenarios, expectBatchesConserve), { numRuns: 12, seed: 1 }));
