import { FileHold } from '../../sinks/index.js';
import type { FileOutput, RunPlan } from './plan.js';
import { writeStderr } from './stderr.js';

/** What keeps other processes from the files that a run writes to. */
export interface OutputHolds {
  /** Undefined for a file that several may add to. */
  of(file: FileOutput): FileHold | undefined;
  /** Lets others have them. */
  release(): Promise<void>;
}

/**
 * Has the outputs that are there for this run; those that are not are had when they are made. Changes nothing.
 *
 * @throws SinkError when another process writes to one
 */
export async function holdOutputs(plan: RunPlan): Promise<OutputHolds> {
  const { outputs, deadLetters, resume } = plan;
  let isTold = false;
  const onUnable = (reason: string): void => {
    // A plain run promises nothing of it.
    if (isTold || resume === undefined) return;
    isTold = true;
    writeStderr(`colloquium: other runs are not kept from the outputs by all their names: ${reason}\n`);
  };
  const files = outputs.filter((output) => output.kind === 'file');
  if (deadLetters.kind === 'file' && (resume !== undefined || setsAside(deadLetters))) files.push(deadLetters);
  const holds = new Map(
    files.map((file) => {
      const keepsName = plan.follow || setsAside(file);
      return [file, new FileHold(file.path, { command: 'colloquium run', onUnable, keepsName })] as const;
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
  return { of: (file) => holds.get(file), release };
}

/** A file that is only ever added to, whole lines at a time, may have several writers: one that is renamed may not. */
function setsAside({ keeping: { rotateBytes, rotateMs, retentionMs, gzip } }: FileOutput): boolean {
  return rotateBytes !== undefined || rotateMs !== undefined || retentionMs !== undefined || gzip === true;
}
