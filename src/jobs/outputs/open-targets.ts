import type { OpenSinks } from '../../pipeline/index.js';
import { SinkClosedError, type FileSink, type FileSinkOptions, type Sink } from '../../sinks/index.js';
import { fileHead } from '../../sinks/formats/index.js';
import { openStream } from '../../sinks/kinds/index.js';
import type { TargetHolds } from './hold-targets.js';
import type { OpenKeyedOptions } from './open-keyed.js';
import type { FileTarget, OutputTarget, Targets } from './target.js';

export interface OpenTargetsOptions {
  /** Whose they are. */
  readonly pipeline: string;
  /** Keep others from the files. */
  readonly holds: TargetHolds;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  /** How the files are opened, in their order, where their lengths are kept in a checkpoint; default: as they are planned. */
  readonly modes?: readonly FileSinkOptions['mode'][];
  /** For outputs that have a file per key. */
  readonly keyed?: KeyedTargetsOptions;
}

export interface KeyedTargetsOptions extends Pick<OpenKeyedOptions, 'refuse' | 'look'> {
  /** The files that an earlier run left of an output, resting, by their names below its folder. */
  readonly left?: (output: FileTarget) => ReadonlyMap<string, FileSink>;
  /** Told of each file that is begun: it is among the open files from now on. @param name below the folder of the output */
  readonly onFile?: (file: FileSink, output: FileTarget, name: string) => void;
}

/**
 * Opens what a job writes to. To be called last before the first event, so that a mistake elsewhere empties no file.
 *
 * @returns the files are the outputs in their order, then that of the dead letters, then those that an earlier run left of outputs with
 *   a file per key; more of these come when they are begun. What can't be closed is told of
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
      look: keyed.look,
      onFile(file, name) {
        files.push(file);
        keyed.onFile?.(file, target, name);
      },
    });
    // Its folder is there now.
    await holds.of(target)?.take();
    allLeft.push(...left.values());
    return sink;
  };
  const open = async (target: FileTarget): Promise<Sink> => {
    if (target.keyed !== undefined) return openMany(target);
    const hold = holds.of(target);
    const { path, keeping, packing } = target;
    const mode = modes?.[files.length] ?? target.mode;
    const checkpointed = modes !== undefined;
    const { openFile } = await import('./open-file.js');
    const sink = await openFile(path, { ...keeping, packing, mode, checkpointed, waits: true, ...(hold && { hold }) });
    files.push(sink);
    return sink;
  };
  const opened: Sink[] = [];
  for (const [index, output] of outputs.entries()) {
    const sink = output.kind === 'file' ? await open(output) : openStream(output.output, { pipeline, index });
    opened.push(sink);
    if (hasHead(output)) await begin(sink);
  }
  const lettersSink = deadLetters.kind === 'stderr' ? letters : await open(deadLetters);
  files.push(...allLeft);
  return {
    outputs: opened,
    deadLetters: lettersSink,
    files,
    async close() {
      for (const sink of [...opened, lettersSink]) await sink.close();
    },
  };
}

/** A file that is compressed begins when it is opened. */
function hasHead(target: OutputTarget): boolean {
  if (target.kind === 'file') return target.keeping.head !== undefined && target.packing === undefined;
  return fileHead(target.output) !== undefined;
}

/** A table without rows has a header all the same. */
async function begin(sink: Sink): Promise<void> {
  try {
    await sink.write(new Uint8Array(0));
  } catch (error) {
    // Whether that matters is seen when there is something to write.
    if (!(error instanceof SinkClosedError)) throw error;
  }
}
