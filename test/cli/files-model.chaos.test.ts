import fc from 'fast-check';
import { describe, it } from 'vitest';
import { modelRuns } from '../support/runs.js';
import { commands } from './run/model/commands.js';
import { Model } from './run/model/model.js';
import { RealWorld } from './run/model/real-world.js';
import { KEEPINGS } from './run/model/world.js';

describe.concurrent('whatever is done to its files, and when it is killed', () => {
  it.each(KEEPINGS)(
    'the installed program, run --resume, to %s, gives each line once, or refuses',
    async (_, keeping) => {
      await fc.assert(
        fc.asyncProperty(fc.commands([...commands], { size: 'medium', maxCommands: 16 }), async (chosen) => {
          const setup = (): { model: Model; real: RealWorld } => ({ model: new Model(), real: new RealWorld(keeping) });
          await fc.asyncModelRun(setup, chosen);
        }),
        modelRuns(5),
      );
    },
  );
});
