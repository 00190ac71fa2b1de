/** An input as it must be: whole lines, and a last one that has no newline yet. */
export interface ModelInput {
  /** Which file it is, whatever it is called. */
  readonly file: number;
  lines: readonly string[];
  tail: string;
}

/** What is known of a file since the last run that came to its end. */
export interface DoneFile {
  readonly name: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** What must be in the outputs, after everything that was done. */
export class Model {
  /** By name. */
  readonly inputs = new Map<string, ModelInput>();
  /** Of each file what is done, when the last run came to its end; undefined: no run that keeps a checkpoint has. */
  done: ReadonlyMap<number, DoneFile> | undefined;
  /** Letters that were there before the work began. */
  lettersBefore: readonly string[] = [];
  /** A run was killed since: how much is done is not known. */
  isTorn = false;
  output: 'as-left' | 'gone' | 'changed' = 'as-left';
  #next = 0;
  #files = 0;

  newFile(lines: readonly string[], tail = ''): ModelInput {
    this.#files += 1;
    return { file: this.#files, lines, tail };
  }

  /** A line that no other is like. Every fourth one is no event. */
  newLine(): string {
    const n = this.#next++;
    return n % 4 === 3 ? `oops ${n}` : `{"id":${n},"pad":"${'x'.repeat((n * 7) % 40)}"}`;
  }

  static linesOf({ lines, tail }: ModelInput): readonly string[] {
    return tail === '' ? lines : [...lines, tail];
  }

  static textOf({ lines, tail }: ModelInput): string {
    return lines.map((line) => `${line}\n`).join('') + tail;
  }
}

/** Whether going on is certain to be refused, or may be. */
export function refusalOf({ done, inputs, output, isTorn }: Model): 'due' | 'possible' | 'none' {
  if (done === undefined || isTorn || output === 'gone') return 'none';
  const known = new Map([...done].filter(([, { text }]) => text !== ''));
  const given = [...inputs];
  const isThere = (file: number): boolean => given.some(([, input]) => input.file === file);
  const isChanged = given.some(([name, input]) => {
    // Who comes to the name of a file that is gone is taken for it.
    const former = [...known].find(([file, one]) => one.name === name && !isThere(file))?.[1];
    const before = known.get(input.file) ?? former;
    return before !== undefined && !Model.textOf(input).startsWith(before.text);
  });
  const isNoneKnown =
    known.size > 0 &&
    given.every(([name, { file }]) => !known.has(file) && ![...known.values()].some((one) => one.name === name));
  if (output === 'changed' || isNoneKnown || isChanged) return 'due';
  const isAnyGone = [...known.keys()].some((file) => !isThere(file));
  return isAnyGone ? 'possible' : 'none';
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
