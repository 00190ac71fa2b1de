import { EventParser, type StreamEvent, type StreamProgress, type StreamReader } from '../transport/index.js';
import { tooMuch } from './answer-bounds.js';
import type { Assembly } from './assembly.js';
import { at, parsed } from './read-json.js';

/** Many times the longest answer of any model. */
const CHARACTERS_MAX = 8 * 1024 * 1024;

const CUT_OFF = 'the stream ended before the answer did';

/** One streamed answer: turns its text into the body of a non-streamed answer. */
export interface AnswerStream extends StreamReader {
  /** The answer's body, as far as it came. */
  body(): unknown;
  /** The body of the error that ended the stream; undefined if there is none. */
  readonly error: unknown;
  /** Why the body is not the whole answer; undefined if it is. */
  problem(): string | undefined;
}

/**
 * @param endsWithFinish whether a stream without an end mark is complete if the model has finished and the connection did not
 *   break: for wires that have no end mark, or whose servers don't all send it
 */
export function answerStream(assembly: Assembly, endsWithFinish: boolean): AnswerStream {
  const parser = new EventParser();
  let end: { readonly error?: unknown; readonly problem?: string } | undefined;
  let excess: string | undefined;

  const isOver = (): boolean => end !== undefined;

  const take = ({ name, data }: StreamEvent): void => {
    const text = data.trim();
    if (text === '') return;
    if (text === '[DONE]') {
      end = {};
      return;
    }
    excess = tooMuch(text);
    if (excess !== undefined) return;
    const event = parsed(text);
    const isError = (at(event, 'error') ?? undefined) !== undefined;
    if (event === undefined) end = { problem: 'an event of the stream is not JSON' };
    else if (isError) end = { error: event };
    else if (name === 'error') end = { error: { error: event } };
    else assembly.add(event);
    if (assembly.end === 'ended') end ??= {};
  };

  const takeAll = (events: readonly StreamEvent[]): void => {
    for (const event of events) {
      take(event);
      if (isOver() || excess !== undefined) return;
    }
  };

  return {
    push(text): StreamProgress {
      if (isOver()) return 'done';
      takeAll(parser.push(text));
      if (Math.max(parser.pending, assembly.characters) > CHARACTERS_MAX)
        excess ??= `the answer is larger than ${CHARACTERS_MAX} characters`;
      if (excess !== undefined) return { excess };
      if (isOver()) return 'done';
      return assembly.characters > 0 ? 'begun' : 'waiting';
    },
    body: () => assembly.body(),
    get error() {
      return end?.error;
    },
    problem() {
      // The empty line behind the last event may be missing.
      if (!isOver()) takeAll(parser.end());
      if (end !== undefined) return end.problem;
      return excess ?? (endsWithFinish && assembly.end === 'finished' ? undefined : CUT_OFF);
    },
  };
}
