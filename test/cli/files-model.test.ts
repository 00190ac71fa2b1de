import fc from 'fast-check';
import { describe, it } from 'vitest';
import { modelRuns } from '../support/runs.js';
import { commands } from './run/model/commands.js';
import { Model } from './run/model/model.js';
import { KEEPINGS, World } from './run/model/world.js';

describe('whatever is done to its files', () => {
  it.each(KEEPINGS)(
    'run --resume to %s gives each line once, or refuses and changes nothing; nobody else’s file changes',
    async (_, keeping) => {
      await fc.assert(
        fc.asyncProperty(fc.commands([...commands], { size: 'medium', maxCommands: 16 }), async (chosen) => {
          const setup = (): { model: Model; real: World } => ({ model: new Model(), real: new World(keeping) });
          await fc.asyncModelRun(setup, chosen);
        }),
        modelRuns(20, { long: 1400 }),
      );
    },
    600_000,
  );
});
