import type { FilePosition, FileSink, FileSinkOptions, OutputChange, OutputState, Sink } from '../../sinks/index.js';

/** Opens one of a pipeline's outputs: a file at the position in a checkpoint, or at its end if there is none. */
export type OpenSink = { readonly kind: 'stream'; readonly open: () => Sink } | FileOpener;

export interface FileOpener {
  readonly kind: 'file';
  readonly path: string;
  /** Restores the file if it was removed since it was closed. @returns how many bytes are written again */
  readonly recover: () => Promise<number | undefined>;
  /** Finds out what happened to the file since a position was stored. */
  readonly state: (position: FilePosition) => OutputState;
  /** Finds the file under another name. @param cutsBack whether to remove what follows the position @returns its current path */
  readonly findRenamed: (position: FilePosition, cutsBack: boolean) => string | undefined;
  /** Locks the existing file against other processes until it is released. @throws SinkError when one writes to it */
  readonly hold: () => Promise<void>;
  /** @throws SinkError */
  readonly open: (mode: Exclude<FileSinkOptions['mode'], 'truncate'>) => Promise<FileSink>;
  /** Releases the output: nobody will open it again. */
  readonly release: () => Promise<void>;
}

/**
 * What somebody else did to an output, while nobody wrote to it or during writing. `cut-back`: when the writer itself was killed,
 * it left data that is written again.
 */
export type OutputFinding =
  | ({ readonly when: 'meanwhile' } & OutputChange)
  | {
      readonly when: 'before';
      readonly kind: 'gone' | 'renamed' | 'replaced' | 'edited' | 'cut' | 'grown' | 'cut-back' | 'unknown';
      /** How many bytes are gone, or were added; undefined if that is meaningless. */
      readonly bytes?: number;
    };

/** The open outputs of a pipeline. */
export interface OpenSinks {
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** The outputs that can be truncated. */
  readonly files: readonly FileSink[];
  close(): Promise<void>;
}

/** What a checkpoint says about the files. */
export interface KnownFiles {
  readonly files: Readonly<Record<string, FilePosition>>;
  /** Whether nothing was written after these positions. */
  readonly ended: boolean;
}

/**
 * Opens all outputs of a pipeline, or none. A file that matches the checkpoint is truncated to it. A file that somebody else has
 * changed is appended to, and its content is not touched.
 *
 * @param tell receives what somebody else did
 * @throws SinkError
 */
export async function openSinks(
  outputs: readonly OpenSink[],
  deadLetters: OpenSink,
  known: KnownFiles | undefined,
  tell: (path: string, finding: OutputFinding) => void,
): Promise<OpenSinks> {
  const opened: Sink[] = [];
  const files: FileSink[] = [];
  try {
    for (const output of [...outputs, deadLetters]) {
      if (output.kind === 'stream') {
        opened.push(output.open());
      } else {
        const file = await openFile(output, known, (finding) => tell(output.path, finding));
        opened.push(file);
        files.push(file);
      }
    }
  } catch (error) {
    await closeSinks(opened);
    throw error;
  }
  const close = (): Promise<void> => closeSinks(opened);
  return { outputs: opened.slice(0, -1), deadLetters: opened.at(-1) as Sink, files, close };
}

async function openFile(
  output: FileOpener,
  known: KnownFiles | undefined,
  tell: (finding: OutputFinding) => void,
): Promise<FileSink> {
  await output.hold();
  const bytes = await output.recover();
  if (bytes !== undefined) tell({ when: 'meanwhile', kind: 'removed', bytes, isRestored: true });
  const position = known?.files[output.path];
  if (position === undefined) return output.open('append');
  const ended = known?.ended === true;
  const state = output.state(position);
  const { offset } = position;
  switch (state.kind) {
    case 'good':
      // Empty files can't be told apart: the written data may be in a file that has another name now.
      if (offset === 0 && !ended) output.findRenamed(position, true);
      return output.open({ truncateTo: position });
    case 'grown':
      if (!ended) {
        tell({ when: 'before', kind: 'cut-back', bytes: state.bytes });
        return output.open({ truncateTo: position });
      }
      tell({ when: 'before', kind: 'grown', bytes: state.bytes });
      return output.open({ behind: position });
    case 'cut':
      tell({ when: 'before', kind: 'cut', bytes: offset - state.size });
      break;
    case 'unknown':
      if (state.size < offset) tell({ when: 'before', kind: 'cut', bytes: offset - state.size });
      if (state.size > offset) tell({ when: 'before', kind: 'unknown', bytes: state.size - offset });
      if (state.size >= offset) return output.open({ behind: position });
      break;
    case 'edited':
      tell({ when: 'before', kind: 'edited' });
      break;
    case 'gone':
    case 'replaced': {
      const isRenamed = output.findRenamed(position, !ended) !== undefined;
      const { kind } = state;
      if (isRenamed) tell({ when: 'before', kind: 'renamed', bytes: offset });
      else if (offset > 0) tell({ when: 'before', kind, bytes: offset });
    }
  }
  // The new part number distinguishes positions in the new file from those in the previous one.
  return output.open({ behind: { ...position, part: position.part + 1 } });
}

/** Locks the existing files of outputs against other processes until they are released. @throws SinkError when one writes there */
export async function holdOutputs(outputs: readonly OpenSink[]): Promise<void> {
  for (const output of outputs) if (output.kind === 'file') await output.hold();
}

/**
 * Releases outputs that nobody will open again. First restores files that were removed since they were closed.
 *
 * @throws SinkError when that fails; all are released nevertheless
 */
export async function releaseOutputs(outputs: readonly OpenSink[]): Promise<void> {
  const failures: unknown[] = [];
  for (const output of outputs) {
    if (output.kind === 'stream') continue;
    await output.recover().catch((error: unknown) => failures.push(error));
    await output.release();
  }
  if (failures.length > 0) throw failures[0];
}

/** Closes all sinks, ignoring those that can't be closed any more. */
async function closeSinks(sinks: readonly Sink[]): Promise<void> {
  await Promise.allSettled(sinks.map((sink) => sink.close()));
}
