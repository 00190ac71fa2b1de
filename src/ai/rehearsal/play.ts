import { maskSecrets } from '../../config/env/index.js';
import { canonicalJson } from '../request/index.js';
import { parsed } from '../provider/read-json.js';
import type { StandInOptions } from '../provider/index.js';
import type { Transport } from '../transport/index.js';
import { keyOfRequest, type CallPlace, type Cassette, type Missing, type RecordedRequest } from './cassette.js';
import { answerWith } from './give.js';
import { currentOrigin, type CallOrigin } from './origin.js';

const BAD_REQUEST = 400;

/** The calls of a case, and how often each request of each was made. Several providers share one. */
export interface Played {
  /** The name of the case. */
  readonly case: string;
  readonly times: Map<string, number>;
}

/**
 * A transport that answers from a cassette, and sends nothing.
 *
 * @param onMissing told of a request that is not recorded
 */
export function playCassette(
  cassette: Cassette,
  played: Played,
  { provider, bodies }: StandInOptions,
  onMissing: (missing: Missing, origin: CallOrigin) => void,
): Transport {
  return {
    isPlain: true,
    post(url, _headers, body) {
      const asked = requestOf(provider, url, body);
      const shown = withoutSecrets(asked);
      const [call, earlier] = countedCall(played, asked);
      // Whoever recorded may have had another key, or none that is one.
      const recording = cassette.find(asked, call, earlier) ?? cassette.find(shown, call, earlier);
      if (recording !== undefined) return Promise.resolve(answerWith(recording.status, recording.answer));
      onMissing(cassette.missing(shown), currentOrigin());
      const words = 'the cassette has no answer to this';
      return Promise.resolve(answerWith(BAD_REQUEST, bodies.error(BAD_REQUEST, undefined, words)));
    },
    close: () => undefined,
  };
}

/** A request as it would be recorded: with stars over the secrets of this process. */
function withoutSecrets(asked: RecordedRequest): RecordedRequest {
  const text = canonicalJson(asked.request);
  const shown = maskSecrets(text);
  return shown === text ? asked : { ...asked, request: parsed(shown) ?? '***' };
}

/** What a cassette keeps of a request. */
export function requestOf(provider: string, url: string, body: string): RecordedRequest {
  return { provider, path: new URL(url).pathname, request: parsed(body) ?? body };
}

/** The call that a request is made for now, and how often it was made for it before; counts this one. */
export function countedCall(played: Played, asked: RecordedRequest): [call: CallPlace, earlier: number] {
  const { row, stage = '' } = currentOrigin();
  const call = { case: played.case, row, stage };
  const key = JSON.stringify([row, stage, keyOfRequest(asked)]);
  const earlier = played.times.get(key) ?? 0;
  played.times.set(key, earlier + 1);
  return [call, earlier];
}
