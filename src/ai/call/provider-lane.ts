import type { Books } from '../books/index.js';
import { createBreaker, type Breaker, type ProbeDown } from '../breaker/index.js';
import {
  createGate,
  createLimiter,
  createRateMeter,
  type Gate,
  type Limiter,
  type RateMeter,
  type SharedBuckets,
} from '../limit/index.js';
import { configuredPrice, type Price, type PriceTable } from '../money/index.js';
import { createProvider, type Provider } from '../provider/index.js';
import { createLatencyMeter, type LatencyMeter } from '../route/index.js';
import type { AiWorld } from '../ai-world.js';
import { createSuspects, type Suspects } from './suspects.js';
import { DEFAULTS, type ModelOptions, type LaneOptions, type RateLimit, type RetryOptions } from './options.js';

/** A provider with its limits, breaker, prices and meters. */
export interface ProviderLane {
  readonly name: string;
  readonly provider: Provider;
  readonly breaker: Breaker;
  readonly gate: Gate;
  readonly latency: LatencyMeter;
  readonly tokenRate: RateMeter;
  readonly requestRate: RateMeter;
  readonly retry: RetryOptions;
  /** The provider's limiter, then the model's own, if it has one. */
  limiters(model: string): readonly Limiter[];
  /** The price at `time`, or null. */
  priceOf(model: string, time: number): Price | null;
  settingsOf(model: string): ModelOptions | undefined;
  /** Milliseconds since the epoch of its last answer; 0: none yet. */
  readonly lastSuccessAt: number;
  /** It has answered. */
  answered(now: number): void;
  /** Rows whose requests it failed to serve since its last answer … */
  readonly failing: Suspects;
  /** … and those that it refused. */
  readonly refused: Suspects;
  /** So many rows in a row are refused that it refuses everyone. */
  readonly refusesEveryone: boolean;
  /** The longest named wait that is obeyed without probing. */
  readonly namedWaitMsMax: number;
  /** The provider asked for a wait longer than we accept: it is not used before this time. */
  limitedUntil: number;
  /** Call this only when no call is under way. */
  close(): Promise<void>;
}

/**
 * Limits and breaker are shared by all processes that use the same name for the provider.
 *
 * @throws RangeError when the options are invalid
 */
export function createLane(
  options: LaneOptions,
  prices: PriceTable,
  { bucketsOf, breakerOf }: Pick<Books, 'bucketsOf' | 'breakerOf'>,
  world: AiWorld,
  probeDown?: ProbeDown,
): ProviderLane {
  const { name, kind, breaker = DEFAULTS.breaker } = options;
  const models = options.models?.map((model) => model.name);
  const provider = createProvider(
    kind,
    {
      name,
      apiKey: options.apiKey,
      baseUrl: options.baseUrl,
      models,
      timeouts: options.timeouts ?? DEFAULTS.timeouts,
      headers: options.headers,
      query: options.query,
    },
    world,
  );
  const settings = new Map(options.models?.map((model) => [model.name, model]));
  const ownPrices = new Map(
    [...settings].flatMap(([model, { cost_per_token: costs }]) =>
      costs === undefined ? [] : [[model, configuredPrice(costs)] as const],
    ),
  );
  const commonPrice = options.cost_per_token && configuredPrice(options.cost_per_token);
  const limiter = limiterFor(options.rate_limit, bucketsOf(encodeURIComponent(name)), world);
  const modelLimiters = new Map<string, Limiter>();
  const modelLimiter = (model: string): Limiter | undefined => {
    const limits = settings.get(model)?.rate_limit;
    if (limits === undefined) return undefined;
    const buckets = bucketsOf(`${encodeURIComponent(name)}/${encodeURIComponent(model)}`);
    const known = modelLimiters.get(model) ?? limiterFor(limits, buckets, world);
    modelLimiters.set(model, known);
    return known;
  };

  const failing = createSuspects();
  const refused = createSuspects();
  let lastSuccessAt = 0;

  return {
    name,
    provider,
    breaker: breakerOf(
      encodeURIComponent(name),
      createBreaker({ ...breaker, probeDown: probeDown && patient(probeDown, breaker.openForMs) }, () => world.now()),
    ),
    namedWaitMsMax: probeDown?.namedMs ?? Infinity,
    gate: createGate(options.maxConcurrency),
    latency: createLatencyMeter(),
    tokenRate: createRateMeter(),
    requestRate: createRateMeter(),
    retry: options.retry ?? DEFAULTS.retry,
    limiters(model) {
      const own = modelLimiter(model);
      return own === undefined ? [limiter] : [limiter, own];
    },
    priceOf: (model, time) => ownPrices.get(model) ?? commonPrice ?? prices.priceOf(provider.vendor, model, time),
    settingsOf: (model) => settings.get(model),
    get lastSuccessAt() {
      return lastSuccessAt;
    },
    answered(now) {
      lastSuccessAt = now;
      failing.clear();
      refused.clear();
    },
    failing,
    refused,
    get refusesEveryone() {
      // One that has answered before may refuse what stands in several rows; one that has not is set up wrong.
      return refused.count >= (lastSuccessAt === 0 ? 2 : Math.max(2, breaker.threshold));
    },
    limitedUntil: 0,
    async close() {
      await Promise.all([limiter, ...modelLimiters.values()].map((each) => each.close()));
      provider.close();
    },
  };
}

/** A provider that refuses is not probed sooner than one that fails. */
function patient({ unnamedMs, namedMs }: ProbeDown, openForMs: number): ProbeDown {
  return { unnamedMs: Math.max(unnamedMs, openForMs), namedMs };
}

function limiterFor(limits: RateLimit | undefined, buckets: SharedBuckets, world: AiWorld): Limiter {
  return createLimiter(
    { requestsPerMinute: limits?.requests_per_minute, tokensPerMinute: limits?.tokens_per_minute },
    buckets,
    world,
  );
}
