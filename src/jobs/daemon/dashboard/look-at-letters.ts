import { open, stat, type FileHandle } from 'node:fs/promises';
import type { FilePlan } from '../../../config/index.js';
import type { KeyRing } from '../../../crypt/index.js';
import type { LetterGroup, LettersLook, LetterView } from '../../../server/index.js';
import { unsealed } from '../../../sources/index.js';
import type { PipelineServePlan } from '../../serve-plan.js';

/** How much is read from the end of each dead-letter file. */
const TAIL_BYTES = 1 << 20;
/** Of a larger encrypted file, none are shown. */
const SEALED_BYTES_MAX = 32 << 20;
const EXCERPT_CHARACTERS = 300;
const LETTERS_MAX = 20;
const GROUPS_MAX = 50;

/** Looks at the newest dead letters of all pipelines, and groups them by their reason. Skips letters that can't be read. */
export async function lookAtLetters(
  pipelines: readonly PipelineServePlan[],
  keys: KeyRing | undefined,
): Promise<LettersLook> {
  const letters: LetterView[] = [];
  let whole = true;
  // Pipelines may share a file: the first stands for all.
  const files = new Map(pipelines.toReversed().map(({ spec, deadLetter }) => [deadLetter?.file, { spec, deadLetter }]));
  for (const { spec, deadLetter } of files.values()) {
    if (deadLetter === undefined) continue;
    const pipeline = spec.name;
    const tail = await (deadLetter.encrypt ? decryptedTail(deadLetter, keys) : tailOf(deadLetter));
    whole &&= tail.isWhole;
    letters.push(...tail.lines.flatMap((line) => viewOf(line, pipeline) ?? []).reverse());
  }
  letters.sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0));
  return { letters: letters.slice(0, LETTERS_MAX), groups: groupsOf(letters), looked: letters.length, whole };
}

/** @param letters newest first */
function groupsOf(letters: readonly LetterView[]): readonly LetterGroup[] {
  const groups = new Map<string, LetterView[]>();
  for (const letter of letters) {
    const { pipeline, stage, kind, at, message } = letter;
    const key = JSON.stringify([pipeline, stage, kind, at, reasonIn(message)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [letter]);
    else group.push(letter);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [example] = group;
      if (example === undefined) return [];
      const { pipeline, stage, kind, message } = example;
      return [{ pipeline, stage, kind, reason: reasonIn(message), count: group.length, example }];
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, GROUPS_MAX);
}

/** A message without the values in it, which differ from event to event. */
function reasonIn(message: string): string {
  return message.replace(/"(?:[^"\\]|\\.)*"?/g, '""').replace(/\d+(?:\.\d+)?/g, '0');
}

interface Tail {
  readonly lines: readonly string[];
  /** Whether these are all lines of the file. */
  readonly isWhole: boolean;
}

/** An encrypted file can only be read from its start. */
async function decryptedTail({ file: path }: FilePlan, keys: KeyRing | undefined): Promise<Tail> {
  try {
    if ((await stat(path)).size > SEALED_BYTES_MAX) return { lines: [], isWhole: false };
    let text = '';
    let isWhole = true;
    for await (const lines of unsealed(path, keys, { onDamage: () => (isWhole = false) })) {
      text += lines.toString('utf8');
      if (text.length <= TAIL_BYTES) continue;
      text = text.slice(text.indexOf('\n', text.length - TAIL_BYTES) + 1);
      isWhole = false;
    }
    return { lines: text.split('\n').slice(0, -1), isWhole };
  } catch {
    return { lines: [], isWhole: true };
  }
}

async function tailOf({ file: path }: FilePlan): Promise<Tail> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
    // The first line may be the end of a longer one.
    return { lines: from > 0 ? lines.slice(1) : lines, isWhole: from === 0 };
  } catch {
    return { lines: [], isWhole: true };
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
  const { retry_count: retries, pipeline: named } = (event?.metadata ?? {}) as Readonly<Record<string, unknown>>;
  return {
    pipeline: typeof named === 'string' ? named : pipeline,
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
