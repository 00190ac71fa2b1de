import type { Hash } from 'node:crypto';
import { packMarks, unpackMarks, Marks } from './marks.js';
import type { RetriedFile } from './retried-letters.js';
import { identityOf, type FoundFile } from './letter-files.js';

/** What was found after an offset in a file, and where that ends. */
export interface LetterStep {
  /**
   * `left`: a letter that was to be retried, and stays for the next time. `known`: one that was retried before. `end`: nothing is
   * left in the file.
   */
  readonly kind: 'retry' | 'left' | 'known' | 'unretryable' | 'blank' | 'end';
  readonly mark?: string;
  /** Which record a known letter was found in. */
  readonly from?: 'ahead' | 'elsewhere';
  readonly offset: number;
  /** The hash of all bytes before the offset; undefined if a letter before it was left. */
  readonly hash: Hash | undefined;
}

/** A file of letters during a retry. */
export class LettersOfFile {
  offset: number;
  /** The hash of all bytes before the offset. Undefined: the file is unchanged and need not be read. */
  hash: Hash | undefined;
  unretryable: number;
  readonly ahead: Marks;
  compareUpTo: number;
  isDone = false;
  /** Whether a letter was left before the steps that are applied now, which were created before that was known. */
  #isAnyLeft = false;
  readonly #retried: string[];

  /**
   * @param known the file's record; undefined: it was never seen
   * @param hash of its bytes before the recorded offset; undefined if the file is unchanged and done
   */
  constructor(
    readonly found: FoundFile,
    private readonly known: RetriedFile | undefined,
    hash: Hash | undefined,
  ) {
    this.offset = known?.offset ?? 0;
    this.hash = hash;
    this.unretryable = known?.undrivable ?? 0;
    this.ahead = new Marks(unpackMarks(known?.ahead ?? ''));
    this.#retried = unpackMarks(known?.driven ?? '');
    this.compareUpTo = this.offset === 0 ? 0 : (known?.compareUpTo ?? 0);
    if (this.offset === 0) this.compareAll();
  }

  /** The number of its letters that were retried, as far as they are remembered individually. */
  get retried(): number {
    return this.#retried.length + [...this.ahead].length;
  }

  /** Assumes that any of the current letters may have been retried while they were in another file. */
  compareAll(): void {
    // The length of a packed file is not known before it is read.
    this.compareUpTo = this.found.isPacked ? Number.MAX_SAFE_INTEGER : this.found.size;
  }

  /** Applies a step once its event is out. */
  apply({ kind, mark, from, offset, hash }: LetterStep): void {
    if (kind === 'left') this.#isAnyLeft = true;
    if (hash === undefined || this.#isAnyLeft) {
      if (kind === 'left') return;
      if (mark !== undefined && from !== 'ahead') this.ahead.add(mark);
      return;
    }
    this.offset = offset;
    this.hash = hash;
    if (kind === 'unretryable') this.unretryable += 1;
    if (kind === 'end') this.isDone = true;
    if (mark === undefined) return;
    this.#retried.push(mark);
    if (from === 'ahead') this.ahead.take(mark);
  }

  /** Returns the record of the file. */
  note(): RetriedFile {
    // Nothing was read.
    if (this.hash === undefined && this.known !== undefined) return { ...this.known, identity: identityOf(this.found) };
    const { size, mtimeMs } = this.found;
    return {
      identity: identityOf(this.found),
      offset: this.offset,
      before: digestOf(this.hash),
      undrivable: this.unretryable,
      driven: packMarks(this.#retried),
      ahead: packMarks([...this.ahead]),
      compareUpTo: this.compareUpTo,
      seen: { size, mtimeMs, isDone: this.isDone },
    };
  }
}

/** @param hash can still be updated afterwards */
export function digestOf(hash: Hash | undefined): string {
  return (hash ?? newHash()).copy().digest('hex').slice(0, 32);
}

export function newHash(): Hash {
  return process.getBuiltinModule('node:crypto').createHash('sha256');
}
