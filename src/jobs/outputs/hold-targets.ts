import { join } from 'node:path';
import { FileHold, type FileLockOptions } from '../../sinks/index.js';
import { keepsParts, type FileTarget, type Targets } from './target.js';

/** Keeps other processes from the files that a job writes to. */
export interface TargetHolds {
  /** How the files of an output with many files are locked when they are opened. */
  readonly lock: FileLockOptions;
  /** Undefined for a file that several processes may append to. */
  of(file: FileTarget): FileHold | undefined;
  /** Releases the files for others. */
  release(): Promise<void>;
}

export interface HoldOptions extends FileLockOptions {
  /** Whether new files may be started under the outputs' names. */
  readonly keepsNames: boolean;
  /** Whether nobody else may append to the dead letters. */
  readonly holdsLetters: boolean;
}

/**
 * Locks the existing outputs for this process; missing ones are locked when they are created. Changes nothing.
 *
 * @throws SinkError when another process writes to one
 */
export async function holdTargets(
  { outputs, deadLetters }: Targets,
  { keepsNames, holdsLetters, ...lock }: HoldOptions,
): Promise<TargetHolds> {
  const files = outputs.filter((output) => output.kind === 'file');
  // A file to which only whole lines are appended may have several writers, unless it is rotated or encrypted.
  if (deadLetters.kind === 'file' && (holdsLetters || deadLetters.encrypts === true || keepsParts(deadLetters.keeping)))
    files.push(deadLetters);
  const holds = new Map(
    files.map((file) => {
      const keepsName = keepsNames || keepsParts(file.keeping) || file.keyed !== undefined;
      return [file, new FileHold(heldPath(file), { ...lock, keepsName })] as const;
    }),
  );
  const release = async (): Promise<void> => {
    for (const hold of holds.values()) await hold.release();
  };
  try {
    for (const hold of holds.values()) await hold.take();
  } catch (error) {
    await release();
    throw error;
  }
  return { lock, of: (file) => holds.get(file), release };
}

/** For an output with many files, the path that stands for all of their names, in their folder. */
function heldPath({ path, keyed }: FileTarget): string {
  return keyed === undefined ? path : join(keyed.folder, keyed.names.replaceAll('/', ':'));
}
