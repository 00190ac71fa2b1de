import { open, type FileHandle } from 'node:fs/promises';
import type { LetterView } from '../../../server/index.js';
import type { PipelineServePlan } from '../../serve-plan.js';

/** How much is read from the end of each dead-letter file. */
const TAIL_BYTES = 256 << 10;
const EXCERPT_CHARACTERS = 300;

/** The newest dead letters of all pipelines, newest first. Skips letters that can't be read. */
export async function newestLetters(
  pipelines: readonly PipelineServePlan[],
  limit: number,
): Promise<readonly LetterView[]> {
  const each = await Promise.all(
    pipelines.map(async ({ spec, deadLetter }) => {
      const lines = deadLetter === undefined ? [] : await lastLines(deadLetter.file, limit);
      return lines.flatMap((line) => viewOf(line, spec.name) ?? []);
    }),
  );
  const all = each.flatMap((letters) => letters.reverse());
  return all.sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0)).slice(0, limit);
}

async function lastLines(path: string, limit: number): Promise<readonly string[]> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
    // The first line may be the end of a longer one.
    return (from > 0 ? lines.slice(1) : lines).slice(-limit);
  } catch {
    return [];
  } finally {
    await file?.close();
  }
}

interface Letter {
  readonly error?: Readonly<Record<'kind' | 'message' | 'stage' | 'at', unknown>>;
  readonly event?: {
    readonly id: unknown;
    readonly timestamp: unknown;
    readonly data: unknown;
    readonly metadata?: unknown;
  };
  readonly raw?: unknown;
}

function viewOf(line: string, pipeline: string): LetterView | undefined {
  let letter: Letter;
  try {
    letter = JSON.parse(line) as Letter;
  } catch {
    return undefined;
  }
  const { error, event, raw } = letter;
  const { retry_count: retries } = (event?.metadata ?? {}) as { readonly retry_count?: unknown };
  return {
    pipeline,
    id: typeof event?.id === 'string' ? event.id : null,
    timestamp: typeof event?.timestamp === 'number' ? event.timestamp : null,
    retry_count: typeof retries === 'number' ? retries : 0,
    kind: textOf(error?.kind),
    message: textOf(error?.message).slice(0, EXCERPT_CHARACTERS),
    stage: typeof error?.stage === 'string' ? error.stage : null,
    at: typeof error?.at === 'string' ? error.at : null,
    excerpt: (event === undefined ? textOf(raw) : JSON.stringify(event.data)).slice(0, EXCERPT_CHARACTERS),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
