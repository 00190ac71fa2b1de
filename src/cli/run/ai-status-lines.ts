import { visible } from '../../config/diagnostic/index.js';
import { knownCost, type AiStatus } from '../../ai/index.js';
import type { Progress } from '../../pipeline/index.js';
import { showAmount } from '../../ai/money/index.js';
import { durationText, shareAndEta } from './progress.js';
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

/** In parts, the most important first: the run in one line, then one line for each provider that has been called or is unavailable. */
export function aiStatusLines(moment: AiMoment): readonly (readonly string[])[] {
  const { status } = moment;
  const busy = status.providers.filter(
    ({ tokensPerMinute, waiting, latencyMs, breaker }) =>
      tokensPerMinute > 0 || waiting > 0 || latencyMs !== undefined || breaker.kind !== 'closed',
  );
  return [runLine(moment), ...busy.slice(0, PROVIDERS_SHOWN_MAX).map((one) => providerLine(one, moment.now))];
}

function runLine({ progress, status, seconds, size }: AiMoment): readonly string[] {
  const { input, deadLettered, skipped } = progress.counts;
  const { cached, inFlight, totals, left } = status;
  const parts = [`${grouped(input)} done`];
  if (deadLettered + skipped > 0) parts.push(`${grouped(deadLettered + skipped)} failed`);
  if (cached > 0) parts.push(`${grouped(cached)} cached`);
  parts.push(`${inFlight} in flight`, `${showAmount(knownCost(totals))} spent`);
  if (totals.unknown > 0) parts.push(`${totals.unknown} of unknown cost`);
  if (left !== undefined) parts.push(`${showAmount(left)} left`);
  return [...parts, ...shareAndEta(progress.bytes, seconds, size)];
}

function providerLine(provider: AiStatus['providers'][number], now: number): readonly string[] {
  const { name, tokensPerMinute, limits, waiting, latencyMs, breaker } = provider;
  const limit = limits.tokensPerMinute === undefined ? '' : ` of ${grouped(limits.tokensPerMinute)}`;
  const parts = [`${name}: ${grouped(tokensPerMinute)}${limit} tokens/min`];
  if (limits.requestsPerMinute !== undefined) parts.push(`at most ${grouped(limits.requestsPerMinute)} requests/min`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (latencyMs !== undefined) parts.push(`${latencyText(latencyMs)} an answer`);
  const trouble = breakerWords(breaker, now);
  if (trouble !== undefined) parts.push(trouble);
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
