import type { Sink } from '../../sinks/index.js';
import { AWAITED } from './awaited.js';

/** How many failures are reported; all are counted. */
const EXAMPLES_MAX = 3;
const MESSAGE_MAX = 300;

/** Takes the dead letters of a dry run: distinguishes events that wait for an answer from those that fail. */
export interface Failures {
  readonly sink: Sink;
  readonly awaited: number;
  readonly failed: number;
  /** The first failures, each as `file:line: kind: message`, with the place in a script if that is text. */
  readonly examples: readonly string[];
}

export function collectFailures(): Failures {
  const seen = { awaited: 0, failed: 0, examples: [] as string[] };
  const take = (text: string): void => {
    const { error, source, line } = JSON.parse(text) as {
      readonly error: { readonly kind: string; readonly message: string; readonly stage: string; readonly at?: string };
      readonly source: string;
      readonly line: number | null;
    };
    if (error.kind === `ai_${AWAITED}`) {
      seen.awaited += 1;
      return;
    }
    seen.failed += 1;
    if (seen.examples.length < EXAMPLES_MAX) {
      const { kind, message, stage, at } = error;
      const where = at === undefined ? '' : ` (${stage} at ${at})`;
      seen.examples.push(`${source}:${line ?? '?'}: ${kind}: ${message.slice(0, MESSAGE_MAX)}${where}`);
    }
  };
  return {
    get awaited() {
      return seen.awaited;
    },
    get failed() {
      return seen.failed;
    },
    get examples() {
      return seen.examples;
    },
    sink: {
      name: 'failures',
      write(lines) {
        for (const text of Buffer.from(lines).toString('utf8').split('\n')) if (text !== '') take(text);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
  };
}
