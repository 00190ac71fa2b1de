import type { OpenSinks } from '../../pipeline/index.js';
import { SinkError } from '../../sinks/index.js';
import { wordsFor } from '../outputs/output-teller.js';

/** Somebody else has changed an output under the run's hands: what was written is not there any more, or not there alone. */
export class OutputChangedError extends Error {
  override readonly name = 'OutputChangedError';
}

const WHAT_HAPPENED = {
  removed: 'somebody else removed it meanwhile, with what was in it',
  replaced: 'somebody else put another file in its place meanwhile',
  cut: 'somebody else cut it meanwhile',
  renamed: 'somebody else renamed it meanwhile',
} as const;

/** A run that ends looks no more often between blocks, in seconds: its last look is the one that counts. */
const LOOK_SECONDS = 0.1;

/** Sees that outputs are what they were. @throws SinkError */
export type LookAtOutputs = (when: 'between blocks' | 'at the end') => Promise<void>;

/**
 * What sees between two blocks, and at the end, that the files are what they were: else a run would end well whose output nobody
 * has. A run that follows its input goes on like a daemon in what has the file's name now, and says so. To dead letters several
 * runs may add.
 */
export function lookAtOutputs(
  { files, deadLetters }: OpenSinks,
  { follows, tell }: { readonly follows: boolean; readonly tell: (message: string) => void },
): LookAtOutputs {
  let lookedAt = 0;
  return async (when) => {
    // `performance` would have to be loaded first.
    const now = process.uptime();
    if (!follows && when === 'between blocks' && now - lookedAt < LOOK_SECONDS) return;
    lookedAt = now;
    for (const file of files) {
      const kind = file.standing();
      if (kind === 'same') continue;
      if (kind !== 'grown' && (kind === 'removed' || !follows)) {
        throw new SinkError(file.name, 'write', new OutputChangedError(WHAT_HAPPENED[kind]));
      }
      const change = await file.look();
      if (change === undefined || (change.kind === 'grown' && file === deadLetters)) continue;
      tell(`${file.name}: ${wordsFor({ when: 'meanwhile', ...change })}`);
    }
  };
}
