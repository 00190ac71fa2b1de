import { visible } from '../../config/diagnostic/index.js';
import { knownCost, type AiStatus } from '../../ai/index.js';
import type { Progress } from '../../pipeline/index.js';
import { showAmount } from '../../ai/money/index.js';
import { durationText, etaText, failedText, rateText, shareText } from './progress.js';
import type { InputSize } from '../../jobs/run/index.js';
import { grouped } from '../terminal/grouped.js';

/** The most providers that get a line of their own: more would push everything else off a terminal. */
const PROVIDERS_SHOWN_MAX = 8;

/** The state of a run with AI stages at one moment. */
export interface AiMoment {
  readonly progress: Progress;
  readonly status: AiStatus;
  /** Since the start, above 0. */
  readonly seconds: number;
  /** Of all inputs, if known. */
  readonly size: InputSize | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * In parts, the most important first: how far the run is, what it costs, then one line for each provider that has been called or is
 * unavailable.
 */
export function aiStatusLines(moment: AiMoment): readonly (readonly string[])[] {
  const { status } = moment;
  const busy = status.providers.filter(
    ({ tokensPerMinute, waiting, latencyMs, breaker }) =>
      tokensPerMinute > 0 || waiting > 0 || latencyMs !== undefined || breaker.kind !== 'closed',
  );
  const providers = busy.slice(0, PROVIDERS_SHOWN_MAX).map((one) => providerLine(one, moment.now));
  return [runLine(moment), callsLine(status), ...providers];
}

function runLine({ progress, status: { cached }, seconds, size }: AiMoment): readonly string[] {
  const { input } = progress.counts;
  return [
    ...shareText(progress.bytes, size),
    `${grouped(input)} done`,
    ...failedText(progress),
    ...etaText(progress.bytes, seconds, size),
    rateText(input / seconds),
    ...(cached > 0 ? [`${grouped(cached)} answers from the journal`] : []),
  ];
}

function callsLine({ inFlight, totals, left }: AiStatus): readonly string[] {
  return [
    `${inFlight} in flight`,
    `${showAmount(knownCost(totals))} spent`,
    ...(left === undefined ? [] : [`${showAmount(left)} left`]),
    ...(totals.unknown > 0 ? [`${grouped(totals.unknown)} of unknown cost`] : []),
  ];
}

/** What was sent in the last minute is a sum, and no rate until a minute is over. */
function providerLine(provider: AiStatus['providers'][number], now: number): readonly string[] {
  const { name, tokensPerMinute, limits, waiting, latencyMs, breaker } = provider;
  const answers = latencyMs === undefined ? 'no answer yet' : `answers in ${latencyText(latencyMs)}`;
  const limit = limits.tokensPerMinute === undefined ? '' : ` of ${grouped(limits.tokensPerMinute)}`;
  const parts = [
    `${name}: ${breakerWords(breaker, now) ?? answers}`,
    ...(waiting > 0 ? [`${grouped(waiting)} waiting`] : []),
    `${grouped(tokensPerMinute)}${limit} tokens in the last minute`,
    ...(limits.requestsPerMinute === undefined ? [] : [`at most ${grouped(limits.requestsPerMinute)} requests/min`]),
  ];
  return parts.map(visible);
}

function breakerWords(breaker: AiStatus['providers'][number]['breaker'], now: number): string | undefined {
  switch (breaker.kind) {
    case 'closed':
      return undefined;
    case 'open':
      return `failing, next try in ${durationText(Math.max(0, breaker.until - now) / 1000)}`;
    case 'half-open':
      return 'failing, being tried';
    case 'down':
      return `down (${breaker.reason})`;
  }
}

function latencyText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
