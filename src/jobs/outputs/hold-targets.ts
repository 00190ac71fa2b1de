import { join } from 'node:path';
import { FileHold, type FileLockOptions } from '../../sinks/index.js';
import { keepsParts, type FileTarget, type Targets } from './target.js';

/** What keeps other processes from the files that a job writes to. */
export interface TargetHolds {
  /** How the files of an output that has many are held, when they are opened. */
  readonly lock: FileLockOptions;
  /** Undefined for a file that several may add to. */
  of(file: FileTarget): FileHold | undefined;
  /** Lets others have them. */
  release(): Promise<void>;
}

export interface HoldOptions extends FileLockOptions {
  /** New files are begun at the names of the outputs. */
  readonly keepsNames: boolean;
  /** Nobody else may add to the dead letters. */
  readonly holdsLetters: boolean;
}

/**
 * Has the outputs that are there for this process; those that are not are had when they are made. Changes nothing.
 *
 * @throws SinkError when another process writes to one
 */
export async function holdTargets(
  { outputs, deadLetters }: Targets,
  { keepsNames, holdsLetters, ...lock }: HoldOptions,
): Promise<TargetHolds> {
  const files = outputs.filter((output) => output.kind === 'file');
  // A file that is only ever added to, whole lines at a time, may have several writers: one that is renamed may not.
  if (deadLetters.kind === 'file' && (holdsLetters || keepsParts(deadLetters.keeping))) files.push(deadLetters);
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

/** Of an output that has many files the name of all of them is held, in their folder. */
function heldPath({ path, keyed }: FileTarget): string {
  return keyed === undefined ? path : join(keyed.folder, keyed.names.replaceAll('/', ':'));
}
