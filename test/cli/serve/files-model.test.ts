import fc from 'fast-check';
import { describe } from 'vitest';
import { each, modelRuns } from '../../support/runs.js';
import { commands } from './model/commands.js';
import { Model } from './model/model.js';
import { World } from './model/world.js';

describe.concurrent('whatever is done to its files', () => {
  each(1)([1, 2, 3])(
    'a daemon gives every line once, as a result or a dead letter, and changes nobody else’s file (%i of 3)',
    async (nth) => {
      await fc.assert(
        fc.asyncProperty(fc.commands([...commands], { size: '+1', maxCommands: 24 }), async (chosen) => {
          const model = new Model();
          const real = await World.start();
          await fc.asyncModelRun(() => ({ model, real }), chosen);
          await real.settle(model);
          await real.end();
          await real.settle(model);
        }),
        { ...modelRuns(2, { seed: nth }), endOnFailure: true },
      );
    },
    600_000,
  );
});
