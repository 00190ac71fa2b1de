import type { Estimate } from '../../ai/index.js';

export type PossibleCall = Extract<Estimate, { readonly kind: 'possible' }>;

/** The load that a provider would have to serve. */
export interface Load {
  requests: number;
  likelyTokens: number;
  worstTokens: number;
}

/** By provider, then by model. */
export type Loads = Map<string, Map<string, Load>>;

/** The input may name any number of models: those beyond this limit are combined, and their own rate limits ignored. */
const MODELS_MAX = 200;
const OTHER_MODELS = '';

export function addLoad(loads: Loads, { provider, model, tokens }: PossibleCall, times: 1 | -1): void {
  const models = loads.get(provider) ?? new Map<string, Load>();
  loads.set(provider, models);
  const key = models.has(model) || models.size < MODELS_MAX ? model : OTHER_MODELS;
  const load = models.get(key) ?? { requests: 0, likelyTokens: 0, worstTokens: 0 };
  models.set(key, load);
  load.requests += times;
  load.likelyTokens += times * (tokens.likelyInput + tokens.likelyOutput);
  load.worstTokens += times * tokens.worst;
}

/** Limits per minute, as in a config. */
export interface RateLimits {
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

interface LimitedModel {
  readonly name: string;
  /** The provider's name for the model; without a limit of its own, that model's limit applies. */
  readonly as?: string | undefined;
  readonly rate_limit?: RateLimits | undefined;
}

export interface ProviderLimits {
  readonly rate_limit?: RateLimits | undefined;
  readonly models?: readonly LimitedModel[] | undefined;
  /** The number of keys, each with these limits. Default: 1. */
  readonly lanes?: number | undefined;
}

/** Seconds. */
export interface ForecastDuration {
  readonly likely: number;
  readonly worst: number;
}

const SECONDS_PER_MINUTE = 60;
const NO_TIME: ForecastDuration = { likely: 0, worst: 0 };

/**
 * The time that the limits alone require: providers work in parallel, each as long as its tightest limit needs.
 *
 * @returns undefined if no provider has a limit
 */
export function secondsAtLimits(
  loads: readonly Loads[],
  limitsOf: (provider: string) => ProviderLimits,
): ForecastDuration | undefined {
  const times: ForecastDuration[] = [];
  for (const provider of new Set(loads.flatMap((byProvider) => [...byProvider.keys()]))) {
    const { rate_limit: whole, models = [], lanes = 1 } = limitsOf(provider);
    const load = (names?: readonly string[]): Load => sumOf(loads.flatMap((one) => loadsOf(one.get(provider), names)));
    if (whole !== undefined) times.push(secondsFor(load(), whole, lanes));
    for (const { name, rate_limit: own } of models) {
      const others = models.filter((other) => other.as === name && other.rate_limit === undefined);
      if (own !== undefined) times.push(secondsFor(load([name, ...others.map((other) => other.name)]), own, lanes));
    }
  }
  return times.length === 0 ? undefined : times.reduce(longer, NO_TIME);
}

function loadsOf(models: ReadonlyMap<string, Load> | undefined, names?: readonly string[]): readonly Load[] {
  if (models === undefined) return [];
  return names === undefined ? [...models.values()] : names.flatMap((name) => models.get(name) ?? []);
}

function sumOf(loads: readonly Load[]): Load {
  const sum: Load = { requests: 0, likelyTokens: 0, worstTokens: 0 };
  for (const { requests, likelyTokens, worstTokens } of loads) {
    sum.requests += requests;
    sum.likelyTokens += likelyTokens;
    sum.worstTokens += worstTokens;
  }
  return sum;
}

function secondsFor(
  load: Load,
  { requests_per_minute: requests, tokens_per_minute: tokens }: RateLimits,
  lanes: number,
): ForecastDuration {
  const at = (count: number, perMinute = Infinity): number => (count * SECONDS_PER_MINUTE) / (perMinute * lanes);
  return {
    likely: Math.max(at(load.requests, requests), at(load.likelyTokens, tokens)),
    worst: Math.max(at(load.requests, requests), at(load.worstTokens, tokens)),
  };
}

function longer(a: ForecastDuration, b: ForecastDuration): ForecastDuration {
  return { likely: Math.max(a.likely, b.likely), worst: Math.max(a.worst, b.worst) };
}
