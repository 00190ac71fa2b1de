import { limitEvents, type EventsLeft } from '../../../pipeline/index.js';
import { SourceError, type Block } from '../../../sources/index.js';
import { placedBlocks, placedFile, startMark, StreamReader, type InputMark } from '../../../sources/place/index.js';
import type { FilePlace } from '../../../files/index.js';
import type { InputStart } from './decide.js';
import type { GivenInput } from './given-input.js';

/** An input, and where reading it starts. */
export interface EnteredInput {
  readonly given: GivenInput;
  /** Its index among the inputs of the checkpoint. */
  readonly input: number;
  readonly place: FilePlace | undefined;
  readonly start: InputStart;
}

export interface ReadOptions {
  readonly lineBytesMax: number;
  /** The most events of all inputs together; undefined: no limit. */
  readonly limit: number | undefined;
  readonly shape: (blocks: AsyncIterable<Block>) => AsyncIterable<Block>;
}

/**
 * Reads the inputs from their places on, one after the other; each block says which place is reached with it.
 *
 * @throws SourceError
 */
export async function* readInputs(
  inputs: readonly EnteredInput[],
  { lineBytesMax, limit, shape }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const left: EventsLeft = { count: limit ?? Infinity };
  for (const { given, input, place, start } of inputs) {
    if (signal.aborted || left.count <= 0) return;
    if (start.isDone === true) continue;
    const { mark, blocks } = await entered(given, place, start, lineBytesMax, signal);
    yield* placedBlocks(shape(limitEvents(blocks, left)), {
      source: given.source.name,
      input,
      start: mark,
      isWhole: () => !signal.aborted && left.count > 0,
    });
  }
}

/**
 * Passes on the processed part of the inputs, for stages that number requests.
 *
 * @param signal stops the reading
 * @throws SourceError
 */
export async function passDone(
  inputs: readonly EnteredInput[],
  onPassed: (block: Block) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (const { given, place, start } of inputs) {
    if (place === undefined || given.kind === 'stream') continue;
    const end = start.isDone === true ? undefined : place;
    const reader = new StreamReader(given.source, signal, given.node);
    try {
      if (end !== undefined) await reader.readTo(end, undefined, { onPassed });
      else for await (const block of reader.blocks()) await onPassed(block);
    } finally {
      await reader.close();
    }
  }
}

async function entered(
  { source, kind, node }: GivenInput,
  place: FilePlace | undefined,
  { reader: open, linesToSkip }: InputStart,
  lineBytesMax: number,
  signal: AbortSignal,
): Promise<{ readonly mark: InputMark; readonly blocks: AsyncIterable<Block> }> {
  if (open !== undefined) return { mark: open.mark, blocks: open.blocks() };
  if (kind === 'file' && linesToSkip === undefined) {
    const file = placedFile(source.name, lineBytesMax, place);
    return { mark: file.mark, blocks: file.blocks(signal) };
  }
  if (place === undefined) return { mark: startMark(node), blocks: source.blocks(signal) };
  const reader = new StreamReader(source, signal, node);
  if (linesToSkip !== undefined) await reader.skipLines(linesToSkip);
  else if ((await reader.readTo(place, undefined)).kind !== 'good') throw changedMeanwhile(source.name);
  return { mark: reader.mark, blocks: reader.blocks() };
}

function changedMeanwhile(name: string): SourceError {
  return new SourceError(name, 'read', new Error('it was changed since it was looked at'));
}
