import { parsed } from '../provider/read-json.js';
import type { StandInOptions } from '../provider/index.js';
import type { Transport } from '../transport/index.js';
import { keyOfRequest, type Cassette, type Missing, type RecordedRequest } from './cassette.js';
import { answerWith } from './give.js';
import { currentOrigin, type CallOrigin } from './origin.js';

const BAD_REQUEST = 400;

/** How often each request of a case was made. Several providers share one. */
export type Played = Map<string, number>;

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
      const recording = cassette.find(asked, timesPlayed(played, asked));
      if (recording !== undefined) return Promise.resolve(answerWith(recording.status, recording.answer));
      onMissing(cassette.missing(asked), currentOrigin());
      const words = 'the cassette has no answer to this';
      return Promise.resolve(answerWith(BAD_REQUEST, bodies.error(BAD_REQUEST, undefined, words)));
    },
    close: () => undefined,
  };
}

/** What a cassette keeps of a request. */
export function requestOf(provider: string, url: string, body: string): RecordedRequest {
  return { provider, path: new URL(url).pathname, request: parsed(body) ?? body };
}

/** How often a request was made before; counts this one. */
export function timesPlayed(played: Played, asked: RecordedRequest): number {
  const key = keyOfRequest(asked);
  const earlier = played.get(key) ?? 0;
  played.set(key, earlier + 1);
  return earlier;
}
