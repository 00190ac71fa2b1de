import type { OpenSinks } from '../../pipeline/index.js';
import { SinkError, type FileSink } from '../../sinks/index.js';
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

export interface LookOptions {
  /** It goes on in what has a file's name. */
  readonly follows: boolean;
  readonly tell: (message: string) => void;
}

/** A run that ends looks no more often between blocks, in seconds: its last look is the one that counts. */
const LOOK_SECONDS = 0.1;

/** Sees that outputs are what they were. @throws SinkError */
export type LookAtOutputs = (when: 'between blocks' | 'at the end') => Promise<void>;

/**
 * What sees between two blocks, and at the end, that the files are what they were: else a run would end well whose output nobody
 * has. A run that follows its input goes on like a daemon in what has the file's name now, and says so. To dead letters several
 * runs may add.
 */
export function lookAtOutputs({ files, deadLetters }: OpenSinks, options: LookOptions): LookAtOutputs {
  let lookedAt = 0;
  return async (when) => {
    // `performance` would have to be loaded first.
    const now = process.uptime();
    if (!options.follows && when === 'between blocks' && now - lookedAt < LOOK_SECONDS) return;
    lookedAt = now;
    for (const file of files) {
      // There may be many that rest: whoever writes to one looks at it before.
      if (when === 'between blocks' && file.isResting()) continue;
      await lookAt(file, { ...options, isShared: file === deadLetters });
    }
  };
}

/** @param isShared others may add to it @throws SinkError */
export async function lookAt(
  file: FileSink,
  { follows, tell, isShared = false }: LookOptions & { readonly isShared?: boolean },
): Promise<void> {
  const kind = file.standing();
  if (kind === 'same') return;
  if (kind !== 'grown' && (kind === 'removed' || !follows)) {
    throw new SinkError(file.name, 'write', new OutputChangedError(WHAT_HAPPENED[kind]));
  }
  const change = await file.look();
  if (change === undefined || (change.kind === 'grown' && isShared)) return;
  tell(`${file.name}: ${wordsFor({ when: 'meanwhile', ...change })}`);
}
