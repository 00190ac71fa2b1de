import type { ProviderFailure } from '../provider/index.js';
import { stopped, type StoppedCall } from './call.js';
import type { ProviderLane } from './provider-lane.js';

/** Reasons for a provider to be down that only a person can fix. */
const REFUSALS: ReadonlySet<string> = new Set(['not_authorized', 'forbidden', 'unsupported_request']);

/** Those of them that a better key mends. */
const KEY_REFUSALS: ReadonlySet<string> = new Set(['not_authorized', 'forbidden']);

/** The lanes that represent their providers: a lane that is down counts only if all lanes of its provider are down. */
export function standingLanes(lanes: readonly ProviderLane[]): readonly ProviderLane[] {
  const up = lanes.filter(({ breaker }) => breaker.state.kind !== 'down');
  return lanes.filter((lane) => up.includes(lane) || !up.some(({ name }) => name === lane.name));
}

/**
 * The result of a call when none of its lanes is available soon enough.
 *
 * @param until when one is, milliseconds since the epoch; Infinity: not in this process
 * @param last the last failure of the call
 */
export function noProvider(
  lanes: readonly ProviderLane[],
  model: string,
  until: number,
  last: ProviderFailure | undefined,
): StoppedCall {
  const words = lanes.map(
    ({ label, breaker: { state } }) => `${label} ${state.kind === 'down' ? state.reason : 'fails'}`,
  );
  const message = `no AI provider is available: ${words.join(', ')}${last === undefined ? '' : ` (${last.message})`}`;
  const standing = standingLanes(lanes);
  const downs = standing.flatMap(({ breaker: { state } }) => (state.kind === 'down' ? [state.reason] : []));
  if (downs.length > 0 && downs.every((reason) => REFUSALS.has(reason))) {
    const refused = standing.filter(
      ({ breaker: { state } }) => state.kind === 'down' && KEY_REFUSALS.has(state.reason),
    );
    const providers = [...new Set(refused.map(({ name }) => name))];
    const remedy = providers.length > 0 ? { kind: 'keys' as const, providers } : undefined;
    return { ...stopped('provider-refused', message), remedy };
  }
  if (downs.includes('unreachable')) return stopped('providers-down', message);
  const limited =
    downs.length === standing.length ||
    standing.every((lane) => lane.breaker.state.kind === 'down' || lane.limitsOf(model).limitedUntil >= until);
  return stopped(limited ? 'provider-limit' : 'providers-down', message, until);
}
