import type { Case } from '../cases.js';

/** A program that can do the cases. */
export interface Contestant {
  readonly name: string;
  /** Slower than the floor: a part of the input tells as much. */
  readonly isSlow: boolean;
  /** The command for a case; undefined when it can't do it. */
  command(task: Case, input: string, output: string): Command | undefined;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Where its standard output goes; absent when it writes its output itself. */
  readonly stdout?: string;
  /** What is fed to its standard input. */
  readonly stdin?: string;
}
