import type { Json } from 'computo-js';
import type { TestCaseConfig } from '../schema/tests.js';
import type { ScriptSource } from '../script/index.js';
import type { FaultKind } from './fault.js';

/** The events of a case, or the file that holds them. `file` is absolute. */
export type TestEvents = { readonly rows: readonly Json[] } | { readonly file: string };

/** Who answers the AI calls of a case. */
export type TestAnswers<Script> =
  | { readonly kind: 'live' }
  /** `file`: absolute. `isNamed`: its author says which, so that cases may share it. */
  | { readonly kind: 'cassette'; readonly file: string; readonly isNamed: boolean }
  | { readonly kind: 'given'; readonly answers: readonly TestAnswer<Script>[] };

export interface TestAnswer<Script> {
  readonly when?: Script;
  readonly gives: { readonly text: string } | { readonly json: Json } | { readonly error: FaultKind };
  readonly tokens?: { readonly input?: number | undefined; readonly output?: number | undefined };
}

/** A test case as it is written, with paths absolute. */
export interface TestCase<Script = ScriptSource> extends Pick<
  TestCaseConfig,
  'name' | 'pipeline' | 'faults' | 'calls' | 'attempts' | 'breakers' | 'stopped' | 'dead_letters' | 'outputs'
> {
  /** The file that it stands in, and its line, from 1; absent: a config that is a program. */
  readonly file: string;
  readonly line?: number;
  readonly input: TestEvents;
  readonly output?: TestEvents;
  readonly expect?: { readonly every: Script } | { readonly each: readonly Script[] };
  readonly ai: TestAnswers<Script>;
  /** US dollars, as decimal text. */
  readonly costMax?: string;
  /** When it begins, in milliseconds since the epoch. */
  readonly now: number;
}
