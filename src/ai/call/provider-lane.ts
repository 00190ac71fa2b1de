import type { Books } from '../books/index.js';
import { createBreaker, type Breaker, type ProbeDown } from '../breaker/index.js';
import {
  createGate,
  createLimiter,
  createRateMeter,
  type Gate,
  type Limiter,
  type LimiterStatus,
  type RateMeter,
  type SharedBuckets,
} from '../limit/index.js';
import type { PriceTable } from '../money/index.js';
import { createProvider, type Provider, type ProviderRequest, type ProviderResult } from '../provider/index.js';
import { createLatencyMeter, type LatencyMeter } from '../route/index.js';
import type { AiWorld } from '../ai-world.js';
import { endOf } from './attempt-end.js';
import { createGatherer, type Stops } from './gatherer.js';
import { lanePrices, type LanePrices } from './lane-prices.js';
import { sendGathered, type Passage } from './send-gathered.js';
import { createSuspects, type Suspects } from './suspects.js';
import { DEFAULTS, type ModelOptions, type LaneOptions, type RateLimit, type RetryOptions } from './options.js';

/** A provider with its limits, breaker, prices and meters. */
export interface ProviderLane extends LanePrices, Passage {
  readonly name: string;
  readonly provider: Provider;
  readonly breaker: Breaker;
  readonly gate: Gate;
  readonly latency: LatencyMeter;
  readonly tokenRate: RateMeter;
  readonly requestRate: RateMeter;
  readonly retry: RetryOptions;
  /** What the provider calls a model. */
  wireModel(model: string): string;
  /** A model's limits: what answers say about limits concerns their model alone. */
  limitsOf(model: string): ModelLimits;
  /** The limiters that a request for a model has to pass: the model's, then the provider's, if that is configured. */
  limiters(model: string): readonly Limiter[];
  /** The limits of all its models together; of one, if it has been asked for one only. */
  limitStatus(): LimiterStatus;
  /** Makes one HTTP attempt, or for vectors a part of one. @param ordinal of the attempt, from 1 */
  send(request: ProviderRequest, ordinal: number, stops: Stops): Promise<ProviderResult>;
  settingsOf(model: string): ModelOptions | undefined;
  /** Milliseconds since the epoch of its last answer; 0: none yet. */
  readonly lastSuccessAt: number;
  /** It has answered. */
  answered(now: number): void;
  /** An answer of its was found in the journal: it is set up well, whatever single rows come to. */
  hasAnsweredBefore(): void;
  /** That it can't be reached, which will hardly heal: since when, milliseconds since the epoch, tried how often, and whether in vain. */
  unreachable: { readonly since: number; readonly tries: number; readonly isGivenUp: boolean } | undefined;
  /** Since when people know that it fails; undefined: it does not. */
  toldFailingAt: number | undefined;
  /** Rows whose requests it failed to serve since its last answer … */
  readonly failing: Suspects;
  /** … and those that it refused. */
  readonly refused: Suspects;
  /** So many rows in a row are refused that it refuses everyone. */
  readonly refusesEveryone: boolean;
  /** So many rows in a row fail that it fails everyone. */
  readonly failsEveryone: boolean;
  /** The longest named wait that is obeyed without probing. */
  readonly namedWaitMsMax: number;
  /** Call this only when no call is under way. */
  close(): Promise<void>;
}

export interface ModelLimits {
  readonly limiter: Limiter;
  /** The provider asked for a wait longer than we accept: it is not asked for this model before this time. */
  limitedUntil: number;
}

/** Models whose limits are remembered, those in use aside: events may name any. */
const MODELS_MAX = 200;

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
      network: options.network,
      stream: options.stream,
      headers: options.headers,
      query: options.query,
    },
    world,
  );
  const settings = new Map(options.models?.map((model) => [model.name, model]));
  const wireModel = (model: string): string => settings.get(model)?.as ?? model;
  const common =
    options.rate_limit && limiterFor(options.rate_limit, bucketsOf(encodeURIComponent(name), world), world);
  const byModel = new Map<string, ModelLimits>();
  const limitsOf = (asked: string): ModelLimits => {
    const model = settings.get(asked)?.rate_limit === undefined ? wireModel(asked) : asked;
    const known = byModel.get(model);
    if (known !== undefined) return known;
    for (const [other, { limiter, limitedUntil }] of byModel) {
      if (byModel.size < MODELS_MAX) break;
      if (limiter.status().waiting > 0 || limitedUntil > world.now()) continue;
      byModel.delete(other);
      void limiter.close();
    }
    const buckets = bucketsOf(`${encodeURIComponent(name)}/${encodeURIComponent(model)}`, world);
    const limiter = limiterFor(settings.get(model)?.rate_limit, buckets, world);
    const made = { limiter, limitedUntil: 0 };
    byModel.set(model, made);
    return made;
  };

  const failing = createSuspects();
  const refused = createSuspects();
  let lastSuccessAt = 0;
  let isKnownToAnswer = false;
  /** Of one that has answered before several rows may be the cause themselves; one that has not is set up wrong, or down. */
  const areMany = ({ count }: Suspects): boolean => count >= (isKnownToAnswer ? Math.max(2, breaker.threshold) : 2);

  const lane: ProviderLane = {
    name,
    provider,
    breaker: breakerOf(
      encodeURIComponent(name),
      createBreaker({ ...breaker, probeDown: probeDown && patient(probeDown, breaker.openForMs) }, () => world.now()),
      world,
    ),
    namedWaitMsMax: probeDown?.namedMs ?? Infinity,
    gate: createGate(options.maxConcurrency),
    latency: createLatencyMeter(),
    tokenRate: createRateMeter(),
    requestRate: createRateMeter(),
    retry: options.retry ?? DEFAULTS.retry,
    wireModel,
    limitsOf,
    limiters(model) {
      const { limiter } = limitsOf(model);
      return common === undefined ? [limiter] : [limiter, common];
    },
    limitStatus() {
      const models = [...byModel.values()].map(({ limiter }) => limiter.status());
      const whole = common?.status();
      const shown = models.length === 1 ? { ...whole, ...models[0] } : whole;
      const waiting = [...models, ...(whole === undefined ? [] : [whole])].reduce((sum, one) => sum + one.waiting, 0);
      return { ...shown, pausedUntil: shown?.pausedUntil ?? 0, waiting };
    },
    ...lanePrices(options, provider.vendor, prices, wireModel),
    send(request, ordinal, stops) {
      if (request.embedding !== undefined && vectors !== undefined) return vectors.ask(request, ordinal, stops);
      lane.requestRate.add(1, world.now());
      return provider.call(request, stops.hard);
    },
    settingsOf: (model) => withOwn(settings.get(wireModel(model)), settings.get(model)),
    get lastSuccessAt() {
      return lastSuccessAt;
    },
    hasAnsweredBefore() {
      isKnownToAnswer = true;
    },
    answered(now) {
      lastSuccessAt = now;
      isKnownToAnswer = true;
      lane.unreachable = undefined;
      lane.toldFailingAt = undefined;
      failing.clear();
      refused.clear();
    },
    unreachable: undefined,
    toldFailingAt: undefined,
    failing,
    refused,
    get refusesEveryone() {
      return areMany(refused);
    },
    get failsEveryone() {
      return areMany(failing);
    },
    async close() {
      const limiters = [...byModel.values()].map(({ limiter }) => limiter);
      await Promise.all([...limiters, ...(common === undefined ? [] : [common])].map((each) => each.close()));
      provider.close();
    },
  };
  const vectors =
    provider.embeddings &&
    createGatherer({
      limits: provider.embeddings,
      after: (ms, then) => world.after(ms, then),
      send: (request, stops) => sendGathered(lane, request, stops, world.now()),
      costOf(answer, request) {
        const { billing, cost } = endOf(answer, lane, request, null, world.now(), 0);
        return billing === 'exact' ? (cost ?? undefined) : undefined;
      },
    });
  return lane;
}

/** A provider that refuses is not probed sooner than one that fails. */
function patient({ unnamedMs, namedMs }: ProbeDown, openForMs: number): ProbeDown {
  return { unnamedMs: Math.max(unnamedMs, openForMs), namedMs };
}

/** What is set for a model under another name holds where that name has nothing of its own. */
function withOwn(real: ModelOptions | undefined, own: ModelOptions | undefined): ModelOptions | undefined {
  if (real === undefined || own === undefined) return own ?? real;
  return {
    ...own,
    max_output_tokens: own.max_output_tokens ?? real.max_output_tokens,
    context_window: own.context_window ?? real.context_window,
  };
}

function limiterFor(limits: RateLimit | undefined, buckets: SharedBuckets, world: AiWorld): Limiter {
  return createLimiter(
    { requestsPerMinute: limits?.requests_per_minute, tokensPerMinute: limits?.tokens_per_minute },
    buckets,
    world,
  );
}
