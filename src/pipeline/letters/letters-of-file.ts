import type { Hash } from 'node:crypto';
import { packMarks, unpackMarks, Marks } from './marks.js';
import type { DrivenFile } from './driven-letters.js';
import { identityOf, type FoundFile } from './letter-files.js';

/** What was found behind a place in a file, and where that ends. */
export interface LetterStep {
  /**
   * `left`: a letter that was to be driven, and stays for the next time. `known`: one that was driven before. `end`: nothing was
   * left in the file.
   */
  readonly kind: 'drive' | 'left' | 'known' | 'undrivable' | 'blank' | 'end';
  readonly mark?: string;
  /** Where a known letter was known from. */
  readonly from?: 'ahead' | 'elsewhere';
  readonly offset: number;
  /** Of all before the offset; undefined when a letter before it was left. */
  readonly hash: Hash | undefined;
}

/** A file of letters while it is driven. */
export class LettersOfFile {
  offset: number;
  /** Of all bytes before the offset. Undefined: as it was, nothing of it has to be read. */
  hash: Hash | undefined;
  undrivable: number;
  readonly ahead: Marks;
  compareUpTo: number;
  isDone = false;
  /** A letter before those that are gone through now was left, though the steps behind it did not know that. */
  #isAnyLeft = false;
  readonly #driven: string[];

  /**
   * @param known what was noted of it; undefined: it was never seen
   * @param hash of its bytes before the noted offset; undefined when it is as it was, and done
   */
  constructor(
    readonly found: FoundFile,
    private readonly known: DrivenFile | undefined,
    hash: Hash | undefined,
  ) {
    this.offset = known?.offset ?? 0;
    this.hash = hash;
    this.undrivable = known?.undrivable ?? 0;
    this.ahead = new Marks(unpackMarks(known?.ahead ?? ''));
    this.#driven = unpackMarks(known?.driven ?? '');
    this.compareUpTo = this.offset === 0 ? 0 : (known?.compareUpTo ?? 0);
    if (this.offset === 0) this.compareAll();
  }

  /** Letters in it that were driven, as far as they are remembered one by one. */
  get driven(): number {
    return this.#driven.length + [...this.ahead].length;
  }

  /** All letters that are there now may have been driven while they stood in another file. */
  compareAll(): void {
    // Packed, its length is not known before it is read.
    this.compareUpTo = this.found.isPacked ? Number.MAX_SAFE_INTEGER : this.found.size;
  }

  /** Goes a step on, when what it speaks of is out. */
  apply({ kind, mark, from, offset, hash }: LetterStep): void {
    if (kind === 'left') this.#isAnyLeft = true;
    if (hash === undefined || this.#isAnyLeft) {
      if (kind === 'left') return;
      if (mark !== undefined && from !== 'ahead') this.ahead.add(mark);
      return;
    }
    this.offset = offset;
    this.hash = hash;
    if (kind === 'undrivable') this.undrivable += 1;
    if (kind === 'end') this.isDone = true;
    if (mark === undefined) return;
    this.#driven.push(mark);
    if (from === 'ahead') this.ahead.take(mark);
  }

  /** What to note of it. */
  note(): DrivenFile {
    // Nothing was read.
    if (this.hash === undefined && this.known !== undefined) return { ...this.known, identity: identityOf(this.found) };
    const { size, mtimeMs } = this.found;
    return {
      identity: identityOf(this.found),
      offset: this.offset,
      before: digestOf(this.hash),
      undrivable: this.undrivable,
      driven: packMarks(this.#driven),
      ahead: packMarks([...this.ahead]),
      compareUpTo: this.compareUpTo,
      seen: { size, mtimeMs, isDone: this.isDone },
    };
  }
}

/** @param hash goes on being used */
export function digestOf(hash: Hash | undefined): string {
  return (hash ?? newHash()).copy().digest('hex').slice(0, 32);
}

export function newHash(): Hash {
  return process.getBuiltinModule('node:crypto').createHash('sha256');
}
