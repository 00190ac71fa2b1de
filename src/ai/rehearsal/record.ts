import { hiding } from '../../config/env/index.js';
import { parsed } from '../provider/read-json.js';
import { secretForms } from '../provider/masked.js';
import type { StandInOptions } from '../provider/index.js';
import type { HeaderList, Transport } from '../transport/index.js';
import { canonicalJson } from '../request/index.js';
import type { Cassette, RecordedRequest, Recording } from './cassette.js';
import { answerWith } from './give.js';
import { countedCall, requestOf, type Played } from './play.js';

/** Names of headers and query parameters whose values are secrets. */
const SECRET_NAME = /auth|key|token|secret|cookie/i;

/**
 * A transport that sends, and keeps requests and answers without what must not be kept: headers, the query, and secrets wherever
 * they stand.
 *
 * @param known recordings that are played instead of sent again
 * @param into takes what is sent
 */
export function recordCassette(
  known: Cassette,
  into: Cassette,
  played: Played,
  { provider, real }: StandInOptions,
): Transport {
  const transport = real();
  return {
    isPlain: true,
    async post(url, headers, body, signal) {
      const clean = cleaner(url, headers);
      const asked = clean(requestOf(provider, url, body)) as RecordedRequest;
      const [call, earlier] = countedCall(played, asked);
      const recording = known.find(asked, call, earlier);
      if (recording !== undefined && !isRefusal(recording)) return answerWith(recording.status, recording.answer);
      const answer = await transport.post(url, headers, body, signal);
      const made = { call, ...asked, status: answer.status, answer: clean(parsed(answer.body) ?? answer.body) };
      if (!isRefusal(made)) into.add(made);
      return answer;
    },
    close: () => transport.close(),
  };
}

/** Statuses that tell of a key or an account, not of a request. */
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 407]);

/** Whether a provider would take the same request with a working key and credit: it is no answer to it. */
function isRefusal({ status }: Recording): boolean {
  return REFUSALS.has(status);
}

/** Hides the secrets of a request in what is kept of it. */
function cleaner(url: string, headers: HeaderList): (value: unknown) => unknown {
  const named = [...headers.entries(), ...new URL(url).searchParams];
  const secrets = named.flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
  const hide = hiding(secretForms(secrets));
  return (value) => {
    const text = canonicalJson(value);
    const shown = hide(text);
    return shown === text ? value : (parsed(shown) ?? '***');
  };
}
