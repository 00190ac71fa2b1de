import type { Books } from '../books/index.js';
import { createBreaker, type Breaker, type ProbeDown } from '../breaker/index.js';
import { createGate, createRateMeter, type Gate, type RateMeter } from '../limit/index.js';
import type { PriceTable } from '../money/index.js';
import { createProvider, type Provider, type ProviderRequest, type ProviderResult } from '../provider/index.js';
import { laneLabel } from '../route/index.js';
import type { AiWorld } from '../ai-world.js';
import { endOf } from './attempt-end.js';
import { createGatherer, type Stops } from './gatherer.js';
import { createLaneLimits, type LaneLimits } from './lane-limits.js';
import { lanePrices, type LanePrices } from './lane-prices.js';
import { createProviderHealth, type ProviderHealth } from './provider-health.js';
import { sendGathered, type Passage } from './send-gathered.js';
import { createSuspects, type Suspects } from './suspects.js';
import { DEFAULTS, type ModelOptions, type LaneOptions, type RetryOptions } from './options.js';

/**
 * A provider with one of its keys, and its limits, breaker, prices and meters. The lanes of a provider share its name, prices and
 * settings, and give the same answers.
 */
export interface ProviderLane extends LanePrices, LaneLimits, Passage {
  /** The provider's. */
  readonly name: string;
  /** The number of its key, from 0. */
  readonly index: number;
  /** The lane's own: {@link laneLabel}. */
  readonly label: string;
  readonly provider: Provider;
  readonly health: ProviderHealth;
  readonly breaker: Breaker;
  readonly gate: Gate;
  readonly tokenRate: RateMeter;
  readonly requestRate: RateMeter;
  readonly retry: RetryOptions;
  /** The provider's name of a model. */
  wireModel(model: string): string;
  /** All names of a model: what the provider calls it, and those that the config gives it. */
  namesOf(wireModel: string): readonly string[];
  /** Makes one HTTP attempt, or for vectors a part of one. @param failures attempts of the call that have failed at the provider */
  send(request: ProviderRequest, failures: number, stops: Stops): Promise<ProviderResult>;
  settingsOf(model: string): ModelOptions | undefined;
  /** Notes that the lane has answered. */
  answered(now: number): void;
  /** When its failing was reported; undefined if it does not fail. */
  toldFailingAt: number | undefined;
  /** Rows that it refused since its last answer; another key may be accepted. */
  readonly refused: Suspects;
  /** So many rows in a row are refused that it refuses everyone. */
  readonly refusesEveryone: boolean;
  /** The longest named wait that is obeyed without probing. */
  readonly namedWaitMsMax: number;
  /** Call this only when no call is under way. */
  close(): Promise<void>;
}

/**
 * Creates the lanes of a provider, one for each of its keys. Limits and breakers are shared by all processes that use the same
 * name for the provider and list its keys in the same order.
 *
 * @throws RangeError when the options are invalid
 */
export function createLanes(
  options: LaneOptions,
  prices: PriceTable,
  books: Pick<Books, 'bucketsOf' | 'breakerOf'>,
  world: AiWorld,
  probeDown?: ProbeDown,
): readonly ProviderLane[] {
  const { name, kind, apiKeys: [first, ...others] = [], timeouts = DEFAULTS.timeouts } = options;
  const { baseUrl, network, standIn, stream, headers, query } = options;
  const models = options.models?.map((model) => model.name);
  const provider = createProvider(
    kind,
    { name, apiKey: first, baseUrl, models, timeouts, network, standIn, stream, headers, query },
    world,
  );
  const keyed = [provider, ...others.map((key, i) => provider.withKey(key, laneLabel(name, i + 1)))];
  const health = createProviderHealth((options.breaker ?? DEFAULTS.breaker).threshold);
  return keyed.map((each, index) => createLane(options, index, each, health, prices, books, world, probeDown));
}

function createLane(
  options: LaneOptions,
  index: number,
  provider: Provider,
  health: ProviderHealth,
  prices: PriceTable,
  { bucketsOf, breakerOf }: Pick<Books, 'bucketsOf' | 'breakerOf'>,
  world: AiWorld,
  probeDown: ProbeDown | undefined,
): ProviderLane {
  const { name, breaker = DEFAULTS.breaker } = options;
  const settings = new Map(options.models?.map((model) => [model.name, model]));
  const wireModel = (model: string): string => settings.get(model)?.as ?? model;
  const stored = laneLabel(encodeURIComponent(name), index);
  const limits = createLaneLimits(
    options,
    wireModel,
    (model) => bucketsOf(model === undefined ? stored : `${stored}/${encodeURIComponent(model)}`, world),
    world,
  );
  const refused = createSuspects();

  const lane: ProviderLane = {
    name,
    index,
    label: laneLabel(name, index),
    provider,
    health,
    breaker: breakerOf(
      stored,
      createBreaker({ ...breaker, probeDown: probeDown && patient(probeDown, breaker.openForMs) }, () => world.now()),
      world,
    ),
    namedWaitMsMax: probeDown?.namedMs ?? Infinity,
    gate: createGate(options.maxConcurrency),
    tokenRate: createRateMeter(),
    requestRate: createRateMeter(),
    retry: options.retry ?? DEFAULTS.retry,
    wireModel,
    namesOf: (model) => [model, ...[...settings.keys()].filter((name) => name !== model && wireModel(name) === model)],
    ...limits,
    ...lanePrices(options, provider.vendor, prices, wireModel, provider.cacheRates),
    send(request, failures, stops) {
      if (request.embedding !== undefined && vectors !== undefined) return vectors.ask(request, failures, stops);
      lane.requestRate.add(1, world.now());
      return provider.call(request, stops.hard);
    },
    settingsOf: (model) => withOwn(settings.get(wireModel(model)), settings.get(model)),
    answered(now) {
      health.answered(now);
      lane.toldFailingAt = undefined;
      refused.clear();
    },
    toldFailingAt: undefined,
    refused,
    get refusesEveryone() {
      return health.areMany(refused);
    },
    async close() {
      await limits.close();
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

/** Settings of a model under another name apply if that name has none of its own. */
function withOwn(real: ModelOptions | undefined, own: ModelOptions | undefined): ModelOptions | undefined {
  if (real === undefined || own === undefined) return own ?? real;
  return {
    ...own,
    max_output_tokens: own.max_output_tokens ?? real.max_output_tokens,
    context_window: own.context_window ?? real.context_window,
  };
}
