import type { FaultKind } from '../../config/tests/index.js';
import { parsed } from '../provider/read-json.js';
import type { StandInOptions } from '../provider/index.js';
import type { Transport } from '../transport/index.js';
import { answerWith, giveFault } from './give.js';
import { currentOrigin, type CallOrigin } from './origin.js';

/** An answer that a test gives in place of a provider. */
export interface GivenAnswer {
  /** Which requests it answers. Default: all. @throws Error */
  readonly when?: ((origin: CallOrigin) => boolean) | undefined;
  readonly gives:
    /** What the model says; `vectors`: to a request for vectors, one for all of its texts or one for each. */
    { readonly text: string; readonly vectors?: readonly (readonly number[])[] } | { readonly error: FaultKind };
  /** The tokens that it counts. Default: a token per four characters. */
  readonly tokens?: { readonly input?: number | undefined; readonly output?: number | undefined } | undefined;
}

const CHARACTERS_PER_TOKEN = 4;
const BAD_REQUEST = 400;

/**
 * A transport that gives the first answer that fits each request, and sends nothing.
 *
 * @param onMiss told of a request that no answer fits
 */
export function givenAnswers(
  answers: readonly GivenAnswer[],
  options: StandInOptions,
  onMiss: (origin: CallOrigin, reason?: string) => void,
): Transport {
  const { bodies } = options;
  return {
    isPlain: true,
    async post(_url, _headers, body, signal) {
      const origin = currentOrigin();
      const miss = (message: string, reason?: string) => {
        onMiss(origin, reason);
        return answerWith(BAD_REQUEST, bodies.error(BAD_REQUEST, undefined, message));
      };
      let answer: GivenAnswer | undefined;
      try {
        answer = answers.find(({ when }) => when === undefined || when(origin));
      } catch (error) {
        return miss('a condition of the test failed', error instanceof Error ? error.message : String(error));
      }
      if (answer === undefined) return miss('the test gives no answer to this');
      const request = parsed(body);
      const { gives, tokens: { input = tokensOf(body), output } = {} } = answer;
      if ('error' in gives) {
        const empty = { input, output: output ?? 0 };
        const spoiled = () => Promise.resolve(answerWith(200, bodies.answer('', empty, request)));
        return await giveFault({ is: gives.error }, options, signal, spoiled);
      }
      const { text, vectors } = gives;
      if (origin.wantsVector !== true)
        return answerWith(200, bodies.answer(text, { input, output: output ?? tokensOf(text) }, request));
      const [only, ...others] = vectors ?? [];
      const count = bodies.textsIn?.(request) ?? 0;
      const all = only !== undefined && others.length === 0 ? Array<readonly number[]>(count).fill(only) : vectors;
      const found = all?.length === count ? bodies.vectors?.(all, { input, output: 0 }, request) : undefined;
      if (found === undefined)
        return miss('the test gives no vectors', `${count} vectors are asked for, lists of numbers`);
      return answerWith(200, found);
    },
    close: () => undefined,
  };
}

function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}
