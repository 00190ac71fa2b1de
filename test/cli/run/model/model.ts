/** An input as it must be: whole lines, and a last one that has no newline yet. */
export interface ModelInput {
  /** Which file it is, whatever it is called. */
  readonly file: number;
  lines: readonly string[];
  tail: string;
}

/** What is known of a file since the last run that was given it came to its end. */
export interface DoneFile {
  /** Undefined: what has its inode now was taken for another file. */
  readonly file: number | undefined;
  readonly name: string;
  /** Another file has its name by now. */
  readonly isRenamedAway: boolean;
  readonly text: string;
  readonly lines: readonly string[];
}

/** What must be in the outputs, after everything that was done. */
export class Model {
  /** By name. */
  readonly inputs = new Map<string, ModelInput>();
  /** What is done, when the last run came to its end; undefined: no run that keeps a checkpoint has. */
  done: readonly DoneFile[] | undefined;
  /** Letters that were there before the work began. */
  lettersBefore: readonly string[] = [];
  /** A run was killed since: how much is done is not known. */
  isTorn = false;
  /** A run that keeps no checkpoint has written to the output, so that nothing tells what is in it. */
  isUnknown = false;
  output: 'as-left' | 'gone' | 'changed' = 'as-left';
  #next = 0;
  #files = 0;

  newFile(lines: readonly string[], tail = ''): ModelInput {
    this.#files += 1;
    return { file: this.#files, lines, tail };
  }

  /** A line that no other is like. Every fourth one is not an event. */
  newLine(): string {
    const n = this.#next++;
    return n % 4 === 3 ? `oops ${n}` : `{"id":${n},"pad":"${'x'.repeat((n * 7) % 40)}"}`;
  }

  /** A line without its end. No other begins like it: what a file is can be told by it. */
  newHalfLine(isEvent: boolean): string {
    const n = this.#next++;
    return isEvent ? String(1_000_000 + n) : `{"half":${1_000_000 + n}`;
  }

  static linesOf({ lines, tail }: ModelInput): readonly string[] {
    return tail === '' ? lines : [...lines, tail];
  }

  static textOf({ lines, tail }: ModelInput): string {
    return lines.map((line) => `${line}\n`).join('') + tail;
  }
}

/**
 * What each of the inputs of a run is: the file that is known, by what it is; or one that is known and was changed, by its name; or
 * a new one.
 */
export function matched(
  { done = [], inputs }: Model,
  names: readonly string[],
): ReadonlyMap<string, { readonly before: DoneFile; readonly isChanged: boolean }> {
  const matches = new Map<string, { readonly before: DoneFile; readonly isChanged: boolean }>();
  const isOpen = (before: DoneFile): boolean => [...matches.values()].every((match) => match.before !== before);
  for (const name of names) {
    const input = inputs.get(name);
    const before = done.find((one) => one.file === input?.file && isOpen(one));
    if (input === undefined || before === undefined) continue;
    if (Model.textOf(input).startsWith(before.text)) matches.set(name, { before, isChanged: false });
  }
  for (const name of names) {
    const before = done.find((one) => one.name === name && !one.isRenamedAway && isOpen(one));
    if (before === undefined || matches.has(name)) continue;
    matches.set(name, { before, isChanged: before.text !== '' });
  }
  return matches;
}

/** Whether going on is certain to be refused, or may be. */
export function refusalOf(model: Model, names: readonly string[]): 'due' | 'possible' | 'none' {
  const { done, inputs, output, isTorn } = model;
  if (done === undefined || output === 'gone') return 'none';
  const matches = matched(model, names);
  const isOfNothing = done.every(({ text }) => text === '');
  const isChanged = [...matches.values()].some((match) => match.isChanged);
  if (output === 'changed' || isChanged || (matches.size === 0 && !isOfNothing)) {
    // Who was killed may have begun anew.
    return isTorn ? 'possible' : 'due';
  }
  // What came behind a last line that goes on is done again, and may be left out now.
  const goesOn = [...matches].some(([name, { before }]) => {
    const input = inputs.get(name);
    return input !== undefined && before.text !== Model.textOf(input) && !/(^|\n)$/.test(before.text);
  });
  return goesOn && matches.size < done.length ? 'possible' : 'none';
}

/** Whether a line gives a result; else it is a dead letter. */
export function isEvent(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
