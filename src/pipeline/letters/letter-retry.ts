import type { Block, ResumeAt } from '../../sources/index.js';
import type { RetriedLetters } from './retried-letters.js';
import { readLetter, type Letter } from './letter.js';
import { contentOf, type LetterPlace } from './letter-files.js';
import { letterLines } from './letter-lines.js';
import type { LettersOfFile, LetterStep } from './letters-of-file.js';
import { Marks, packMarks, unpackMarks } from './marks.js';
import { surveyLetters, type LetterSurvey } from './survey.js';

/**
 * How many marks are kept, of existing files and of files that are gone: the newest ones. Marks of letters ahead of an offset are
 * extra.
 */
const MARKS_MAX = 200_000;
const GONE_MARKS_MAX = 100_000;

/** Which letters a pass takes. */
export interface LetterChoice {
  /** Whether to retry a letter now. Other letters stay for another time. */
  readonly accepts: (letter: Letter) => boolean;
  /** The pipeline of letters that name none. */
  readonly pipeline: string;
  /** Aborted when no more letters are to be read. */
  readonly signal: AbortSignal;
}

/** The progress of a retry. */
export interface RetryProgress {
  readonly retried: number;
  /** The bytes of letter files on disk to process, and those processed. */
  readonly bytes: number;
  readonly bytesDone: number;
}

/** One retry of dead letters. Its end is fixed when it begins: letters that fail again, or meanwhile, are left for the next retry. */
export class LetterRetry {
  /** Letters without an event, in the files as far as they were read. */
  unretryable = 0;
  /** Letters that were to be retried and stay for the next time, see {@link leave}. */
  left = 0;
  #retried = 0;
  #retriedBefore: number;
  #bytesDone = 0;
  /** Steps, in order, that wait until an event is out: their own, or an earlier one. */
  readonly #waiting: { readonly file: LettersOfFile; readonly step: LetterStep }[] = [];
  #applied = 0;
  #version: number;

  private constructor(
    private readonly survey: LetterSurvey,
    versionBefore: number,
  ) {
    this.#version = versionBefore;
    this.#retriedBefore = survey.files.reduce((sum, file) => sum + file.retried, 0);
  }

  /** @throws SourceError */
  static async open(place: LetterPlace, retried: RetriedLetters | undefined): Promise<LetterRetry> {
    return new LetterRetry(await surveyLetters(place, retried), retried?.version ?? 0);
  }

  get progress(): RetryProgress {
    const bytes = this.survey.files.reduce((sum, { found }) => sum + found.size, 0);
    return { retried: this.#retried, bytes, bytesDone: Math.min(bytes, this.#bytesDone) };
  }

  /** Letters that are skipped because an earlier retry took them, as far as they are remembered individually. */
  get retriedBefore(): number {
    return this.#retriedBefore;
  }

  /**
   * Yields the selected events, one per block. Afterwards, another pass for other letters may follow.
   *
   * @throws SourceError
   */
  async *pass(choice: LetterChoice): AsyncGenerator<Block, void, void> {
    this.unretryable = 0;
    this.#bytesDone = 0;
    // A copy, because a step takes marks out of it when it is created, not when it is applied.
    const elsewhere = new Marks(this.survey.elsewhere);
    for (const file of this.survey.files) {
      yield* this.#passFile(file, choice, elsewhere);
      if (choice.signal.aborted) return;
    }
  }

  /** Leaves a letter for the next time, because its event has failed again and is kept nowhere else. Call it before `reached`. */
  leave(resumeAt: ResumeAt): void {
    if (typeof resumeAt !== 'number') return;
    const at = resumeAt - this.#applied;
    const waiting = this.#waiting[at];
    if (waiting !== undefined) this.#waiting[at] = { ...waiting, step: { ...waiting.step, kind: 'left' } };
  }

  /** Records that the event of a block, and all before it, are out. */
  reached(resumeAt: ResumeAt): void {
    if (typeof resumeAt !== 'number') return;
    while (this.#applied <= resumeAt && this.#applyNext());
    while (this.#waiting[0] !== undefined && this.#waiting[0].step.kind !== 'retry') this.#applyNext();
  }

  /** Returns the record of what was retried, now and before, with a new version each time. */
  note(): RetriedLetters {
    let left = MARKS_MAX;
    const gone = [...this.survey.elsewhere].slice(-GONE_MARKS_MAX);
    const files = this.survey.files.map((file) => file.note()).toReversed();
    const bounded = files.map((file) => {
      const marks = unpackMarks(file.driven);
      if (marks.length <= left) {
        left -= marks.length;
        return file;
      }
      const kept = left === 0 ? [] : marks.slice(-left);
      left = 0;
      return { ...file, driven: packMarks(kept) };
    });
    this.#version += 1;
    return { version: this.#version, files: bounded.toReversed(), gone: packMarks(gone) };
  }

  async *#passFile(file: LettersOfFile, choice: LetterChoice, elsewhere: Marks): AsyncGenerator<Block, void, void> {
    const { found } = file;
    this.unretryable += file.unretryable;
    // Unchanged since no letter was left in it.
    if (file.hash === undefined || file.isDone) {
      this.#bytesDone += found.size;
      return;
    }
    const bytesBefore = this.#bytesDone;
    const defaults = { source: found.path, pipeline: choice.pipeline, timestamp: Math.floor(found.mtimeMs) };
    const ahead = new Marks(file.ahead);
    const hash = file.hash.copy();
    let offset = file.offset;
    let isAnyLeft = false;
    let isWhole = true;
    for await (const line of letterLines(contentOf(found, offset))) {
      if (choice.signal.aborted) return;
      for (const piece of line.pieces) hash.update(piece);
      offset += line.bytes;
      if (!found.isPacked) this.#bytesDone = bytesBefore + offset;
      if (line.endsWith === 'more') continue;
      const text = line.text?.trim();
      const letter = text === undefined ? undefined : readLetter(text, defaults);
      // Somebody is still writing this line.
      if (letter === undefined && line.endsWith === 'nothing') {
        isWhole = false;
        break;
      }
      const place = { offset, hash: isAnyLeft ? undefined : hash.copy() };
      if (letter === undefined) {
        if (text !== '') this.unretryable += 1;
        this.#take(file, { kind: text === '' ? 'blank' : 'unretryable', ...place });
        continue;
      }
      const { mark } = letter;
      if (ahead.take(mark)) {
        this.#take(file, { kind: 'known', mark, from: 'ahead', ...place });
      } else if (offset <= file.compareUpTo && elsewhere.take(mark)) {
        this.#take(file, { kind: 'known', mark, from: 'elsewhere', ...place });
      } else if (choice.accepts(letter)) {
        const resumeAt = this.#take(file, { kind: 'retry', mark, ...place });
        const bytes = Buffer.from(`${letter.event}\n`);
        yield { kind: 'lines', bytes, source: found.path, startsFile: false, resumeAt };
      } else {
        isAnyLeft = true;
      }
    }
    this.#bytesDone = bytesBefore + found.size;
    if (isWhole && !isAnyLeft) this.#take(file, { kind: 'end', offset, hash });
  }

  /** @returns the step's number */
  #take(file: LettersOfFile, step: LetterStep): number {
    this.#waiting.push({ file, step });
    const number = this.#applied + this.#waiting.length - 1;
    if (this.#waiting.length === 1 && step.kind !== 'retry') this.#applyNext();
    return number;
  }

  #applyNext(): boolean {
    const next = this.#waiting.shift();
    if (next === undefined) return false;
    const { file, step } = next;
    file.apply(step);
    if (step.kind === 'retry') this.#retried += 1;
    if (step.kind === 'left') this.left += 1;
    if (step.from === 'elsewhere' && step.mark !== undefined) {
      this.#retriedBefore += 1;
      this.survey.elsewhere.take(step.mark);
    }
    this.#applied += 1;
    return true;
  }
}
