import type { OpenSinks } from '../../pipeline/index.js';
import { SinkError, type FileSink } from '../../sinks/index.js';
import { wordsFor } from '../outputs/output-teller.js';

/** Somebody else changed an output during the run: its content is gone, or mixed with other content. */
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
  /** Whether the run continues in whatever file now has the name. */
  readonly follows: boolean;
  readonly tell: (message: string) => void;
}

/** The shortest interval between checks, in seconds, for a run that ends: its last check is the one that counts. */
const LOOK_SECONDS = 0.1;

/** Checks that nobody has changed the outputs. @throws SinkError */
export type LookAtOutputs = (when: 'between blocks' | 'at the end') => Promise<void>;

/**
 * Returns a check, for use between blocks and at the end, that nobody has changed the files: otherwise a run could succeed
 * although its output is lost. A run that follows its input continues, like a daemon, in the file that now has the name, and
 * reports that. Several runs may append to the dead letters.
 */
export function lookAtOutputs({ files, deadLetters }: OpenSinks, options: LookOptions): LookAtOutputs {
  let lookedAt = 0;
  return async (when) => {
    // `performance` would have to be loaded first.
    const now = process.uptime();
    if (!options.follows && when === 'between blocks' && now - lookedAt < LOOK_SECONDS) return;
    lookedAt = now;
    for (const file of files) {
      // Many files may be resting: each is checked before it is written to again.
      if (when === 'between blocks' && file.isResting()) continue;
      await lookAt(file, { ...options, isShared: file === deadLetters });
    }
  };
}

/** @param isShared whether others may append to the file @throws SinkError */
export async function lookAt(
  file: FileSink,
  { follows, tell, isShared = false }: LookOptions & { readonly isShared?: boolean },
): Promise<void> {
  const kind = file.standing();
  if (kind === 'same') return;
  if (kind !== 'grown' && (kind === 'removed' || !follows)) {
    throw new SinkError(file.name, 'write', new OutputChangedError(WHAT_HAPPENED[kind]));
  }
  const change = await file.checkPlace();
  if (change === undefined || (change.kind === 'grown' && isShared)) return;
  tell(`${file.name}: ${wordsFor({ when: 'meanwhile', ...change })}`);
}
