/** A file in the watched folder: whole lines, and a last one that has no newline yet. */
export interface WatchedFile {
  lines: readonly string[];
  tail: string;
}

/** What must be in the outputs and the dead letters, after everything that was done. */
export class Model {
  /** By name; two names of one file have the same record. */
  readonly files = new Map<string, WatchedFile>();
  /** The first lines of files that are gone: what begins so is that file, come again. */
  readonly gone = new Set<string | undefined>();
  /** Every line that must give a result, or a dead letter, as often as it came. */
  readonly lines: string[] = [];
  /** How many of the lines were there when the dead letters were driven again, for each time. */
  readonly drives: number[] = [];
  #next = 0;

  /** A line that no other is like: an event, one that its script fails on, or no event at all. */
  newLine(): string {
    const id = this.#next++;
    if (id % 5 === 3) return JSON.stringify({ id });
    return id % 7 === 6 ? `oops ${id}` : JSON.stringify({ id, n: id, pad: 'x'.repeat((id * 7) % 40) });
  }

  /** An event: what comes over HTTP is always one. */
  newEvent(): string {
    for (;;) {
      const line = this.newLine();
      if (isEvent(line)) return line;
    }
  }

  newLines(count: number): readonly string[] {
    return Array.from({ length: count }, () => this.newLine());
  }

  /** A name is taken from a file, perhaps its last one. */
  unlink(name: string): void {
    const file = this.files.get(name);
    if (!this.hasOtherName(name)) this.gone.add(file?.lines[0]);
    this.files.delete(name);
  }

  hasOtherName(name: string): boolean {
    const file = this.files.get(name);
    return [...this.files].some(([other, one]) => other !== name && one === file);
  }

  results(): readonly number[] {
    return this.lines.filter((line) => line.includes('"n":')).map(idOf);
  }

  /** Dead letters by their text; each failed event once more for each time it was driven again. */
  letters(): readonly string[] {
    return this.lines.flatMap((line, index) => {
      if (line.includes('"n":')) return [];
      const again = isEvent(line) ? this.drives.filter((count) => index < count).length : 0;
      return Array<string>(1 + again).fill(line);
    });
  }
}

export function isEvent(line: string): boolean {
  return line.startsWith('{');
}

export function idOf(line: string): number {
  return (JSON.parse(line) as { readonly id: number }).id;
}
