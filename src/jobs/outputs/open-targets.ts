import type { OpenSinks } from '../../pipeline/index.js';
import { SinkClosedError, type FileSink, type FileSinkOptions, type Sink } from '../../sinks/index.js';
import { fileHead } from '../../sinks/formats/index.js';
import { openStream } from '../../sinks/kinds/index.js';
import type { TargetHolds } from './hold-targets.js';
import type { OpenKeyedOptions } from './open-keyed.js';
import { filesOf, type FileTarget, type OutputTarget, type Targets } from './target.js';

export interface OpenTargetsOptions {
  /** The pipeline that the outputs belong to. */
  readonly pipeline: string;
  /** Keeps other processes from the files. */
  readonly holds: TargetHolds;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  /** How the files are opened, in order, if a checkpoint keeps their lengths; default: as planned. */
  readonly modes?: readonly FileSinkOptions['mode'][];
  /** For outputs that have a file per key. */
  readonly keyed?: KeyedTargetsOptions;
}

export interface KeyedTargetsOptions extends Pick<OpenKeyedOptions, 'refuse' | 'checkPlace'> {
  /** The files of an output that an earlier run left, resting, by their names below its folder. */
  readonly left?: (output: FileTarget) => ReadonlyMap<string, FileSink>;
  /** Called for each new file, which from then on is among the open files. @param name below the folder of the output */
  readonly onFile?: (file: FileSink, output: FileTarget, name: string) => void;
}

/**
 * Opens the outputs of a job. Call this last before the first event, so that a mistake elsewhere empties no file. Files that are
 * emptied are opened after all others, and headers are written when all are open: an output that is refused changes no other.
 * Files that can't be closed are reported.
 *
 * @returns the files: the outputs in order, then the dead letters, then the files that an earlier run left of outputs with a file
 *   per key; new files of these are added when they are created
 * @throws SinkError
 */
export async function openTargets(
  { outputs, deadLetters }: Targets,
  { pipeline, holds, letters, modes, keyed }: OpenTargetsOptions,
): Promise<OpenSinks> {
  const files: FileSink[] = [];
  const allLeft: FileSink[] = [];
  const openMany = async (target: FileTarget): Promise<Sink> => {
    if (keyed === undefined) throw new TypeError('nobody expects a file per key here');
    const { openKeyed } = await import('./open-keyed.js');
    const left = keyed.left?.(target) ?? new Map<string, FileSink>();
    const sink = openKeyed(target, {
      lock: holds.lock,
      checkpointed: modes !== undefined,
      left,
      refuse: keyed.refuse,
      checkPlace: keyed.checkPlace,
      onFile(file, name) {
        files.push(file);
        keyed.onFile?.(file, target, name);
      },
    });
    // Its folder exists now.
    await holds.of(target)?.take();
    allLeft.push(...left.values());
    return sink;
  };
  const open = async (target: FileTarget, mode: FileSinkOptions['mode']): Promise<FileSink> => {
    const hold = holds.of(target);
    const { path, keeping, packing } = target;
    const checkpointed = modes !== undefined;
    const { openFile } = await import('./open-file.js');
    return openFile(path, { ...keeping, packing, mode, checkpointed, waits: true, ...(hold && { hold }) });
  };
  const ofTargets = new Map<FileTarget, Sink>();
  const all = filesOf({ outputs, deadLetters });
  for (const target of all) if (target.keyed !== undefined) ofTargets.set(target, await openMany(target));
  const single = all
    .filter(({ keyed: many }) => many === undefined)
    .map((target, at) => ({ target, mode: modes?.[at] ?? target.mode, at }));
  const emptiedLast = [...single].sort((a, b) => Number(a.mode === 'truncate') - Number(b.mode === 'truncate'));
  for (const { target, mode, at } of emptiedLast) {
    const file = await open(target, mode);
    files[at] = file;
    ofTargets.set(target, file);
  }
  files.push(...allLeft);
  const sinkOf = (target: FileTarget): Sink => {
    const sink = ofTargets.get(target);
    if (sink === undefined) throw new TypeError('a file that was not opened');
    return sink;
  };
  const opened = outputs.map((output, index) =>
    output.kind === 'file' ? sinkOf(output) : openStream(output.output, { pipeline, index }),
  );
  const lettersSink = deadLetters.kind === 'stderr' ? letters : sinkOf(deadLetters);
  for (const [index, output] of outputs.entries()) {
    const sink = opened[index];
    if (sink !== undefined && hasHead(output)) await begin(sink);
  }
  return {
    outputs: opened,
    deadLetters: lettersSink,
    files,
    async close() {
      for (const sink of [...opened, lettersSink]) await sink.close();
    },
  };
}

/** Whether a header is still to be written: a compressed file gets its own when it is opened. */
function hasHead(target: OutputTarget): boolean {
  if (target.kind === 'file') return target.keeping.head !== undefined && target.packing === undefined;
  return fileHead(target.output) !== undefined;
}

/** Writes the header, which even a table without rows needs. */
async function begin(sink: Sink): Promise<void> {
  try {
    await sink.write(new Uint8Array(0));
  } catch (error) {
    // The next write fails if this matters.
    if (!(error instanceof SinkClosedError)) throw error;
  }
}
