import {
  FileHold,
  keyedSink,
  type FileLockOptions,
  type FileSink,
  type FileSinkOptions,
  type KeyedSink,
  type KeyedSinkOptions,
} from '../../sinks/index.js';
import { endHalfLines } from './end-half-lines.js';
import { openFile } from './open-file.js';
import { keepsParts, type FileTarget } from './target.js';

export interface OpenKeyedOptions extends Pick<KeyedSinkOptions, 'checkPlace' | 'left' | 'onFile'> {
  /** How the output's files are locked. */
  readonly lock: FileLockOptions;
  /** Whether a checkpoint is kept. */
  readonly checkpointed: boolean;
  /** Called before a file is created. If it throws, the run ends. */
  readonly refuse: (file: FileTarget) => void;
}

/** Opens an output that has a file per key. Each file is opened when its first line arrives. */
export function openKeyed(target: FileTarget, options: OpenKeyedOptions): KeyedSink {
  const { keyed, keeping } = target;
  if (keyed === undefined) throw new TypeError('an output of one file');
  const { lock, checkpointed, refuse, ...more } = options;
  return keyedSink({
    ...more,
    template: keyed,
    openMax: keyed.openMax,
    filesMax: keyed.filesMax,
    rotates: keepsParts(keeping),
    async open(path) {
      const file = { ...target, path };
      refuse(file);
      const sink = await openKeyedFile(file, { lock, checkpointed });
      if (checkpointed) await endHalfLines([file], [sink], [file.mode]);
      return sink;
    },
  });
}

/**
 * Opens one file of an output with many files. It is locked while it is open for the first time. Later changes by others are
 * detected by checks, which cost less than a lock each time.
 *
 * @param lock undefined: the file was never written to without a lock
 * @throws SinkError, also when another process writes to it
 */
export async function openKeyedFile(
  { path, mode, keeping, packing }: Omit<FileTarget, 'mode'> & Pick<FileSinkOptions, 'mode'>,
  { lock, checkpointed }: { readonly lock: FileLockOptions | undefined; readonly checkpointed: boolean },
): Promise<FileSink> {
  const options = { ...keeping, packing, mode, checkpointed, waits: true };
  if (lock === undefined) return await openFile(path, options);
  const hold = new FileHold(path, { ...lock, keepsName: keepsParts(keeping) });
  const released = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } finally {
      await hold.release();
    }
  };
  try {
    const sink = await openFile(path, { ...options, hold });
    return { ...sink, rest: () => released(() => sink.rest()), close: () => released(() => sink.close()) };
  } catch (error) {
    await hold.release();
    throw error;
  }
}
