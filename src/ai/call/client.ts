import { randomUUID } from 'node:crypto';
import type { Json } from 'computo-js';
import { doubtfulCalls, doubtOf, openBooks, type DoubtfulCall, type DoubtSum, type Recovered } from '../books/index.js';
import { parseJson } from '../../json/index.js';
import { callKey, type CallFacts, type Ending } from '../journal/index.js';
import { NOTHING, plus, type Attribution, type LedgerEntry } from '../ledger/index.js';
import { loadPriceTable } from '../money/index.js';
import type { ProviderRequest } from '../provider/index.js';
import type { JsonSchema, UniversalRequest } from '../request/index.js';
import { attributesOf } from '../telemetry/index.js';
import { without } from '../without.js';
import { realWorld, type AiWorld } from '../ai-world.js';
import { steadyWorld } from '../steady-world.js';
import { createBookings } from './bookings.js';
import { onePerProvider } from './choose.js';
import type { AiCallOptions, CallResult } from './call.js';
import { batchesIn } from './batch-endings.js';
import { createBatchLane, type BatchLane } from './batch-lane.js';
import { createLanes, type ProviderLane } from './provider-lane.js';
import { estimateCall, type Estimate } from './estimate.js';
import { eventOf, journaledCall, recordOf } from './journaled-call.js';
import { largestCap } from './repair-request.js';
import { DEFAULTS, type AiClientOptions, type Notice } from './options.js';
import { createOtherNames } from './other-names.js';
import { createRunBudget } from './run-budget.js';
import { keptEnding, resultOf } from './result.js';
import { schemaCheck, type SchemaCheck } from '../answer/index.js';
import { createScopes } from './scopes.js';
import { stepMoney } from './step-money.js';
import { daySpending, type Spending } from './day-spending.js';
import { providerStatuses, readStatus, type AiStatus, type CallCounts, type ProviderStatus } from './status.js';

/**
 * Calls AI providers within limits and budget, and journals the answers.
 *
 * The order of a call; recovery relies on it:
 *
 * 1. Look in the journal: a known answer is returned, equal calls under way are joined.
 * 2. Choose a provider: those that serve the model, know its price and are not excluded, in the order of the route.
 * 3. Wait at its lanes, one for each key, until one lets the call in: by its gate, its rate limits and its breaker.
 * 4. Reserve the worst case in the budget.
 * 5. Record the attempt in ledger and journal as open, then send it.
 * 6. Record the answer in the journal: it is never paid for again.
 * 7. Close the ledger's entry and replace the reservation by the cost.
 * 8. Retry after a failure, at another lane or later; repair an invalid answer once.
 */
export interface AiClient {
  /**
   * Serves one request.
   *
   * @throws Error when journal or ledger can't be written, now or for an earlier call: nothing may be sent then
   */
  call(request: UniversalRequest, context: AiCallOptions): Promise<CallResult>;
  /** Requests in batches. */
  readonly batches: BatchLane;
  /** What a call would cost. Sends nothing. */
  estimate(request: UniversalRequest, context: AiCallOptions): Promise<Estimate>;
  /** The journal's answer to a request; undefined: it has none. Sends nothing. */
  recall(request: UniversalRequest, context: AiCallOptions): Promise<CallResult | undefined>;
  /** @param pipeline the pipeline whose own budget also limits what is left */
  status(pipeline?: string): Promise<AiStatus>;
  /** The state of the providers. */
  providers(): readonly ProviderStatus[];
  /**
   * The cost of today's attempts by provider and model, at the worst case where unknown: of this process, and of all earlier ones.
   */
  spentToday(): Promise<readonly Spending[]>;
  /** Calls whose result is unknown. */
  doubtful(): AsyncIterable<DoubtfulCall>;
  /** What dead processes had left open when this client was created. */
  readonly recovered: Recovered;
  /** Settles what processes that died since then left open. */
  recover(): Promise<Recovered>;
  /** Sends nothing more; calls under way are finished, others end as stopped. Resolves when none is left. */
  drain(): Promise<void>;
  /** Aborts calls under way as well. */
  abort(): Promise<void>;
  /** Drains, and closes everything. @throws Error when the cost of an answered call could not be recorded */
  close(): Promise<void>;
}

/**
 * @param world the clock, timers and randomness
 * @throws RangeError when the options can't work; Error when the store can't be opened
 */
export async function createAiClient(options: AiClientOptions, world: AiWorld = realWorld): Promise<AiClient> {
  const journalOptions = {
    ttlMs: options.journal?.ttlMs ?? DEFAULTS.journalTtlMs,
    bytesMax: options.journal?.bytesMax ?? DEFAULTS.journalBytesMax,
    isApart: options.journal?.isApart,
  };
  const notify = onceEach(options.onNotice ?? (() => undefined));
  const prices = await loadPriceTable();
  const books = await openBooks(options.store, journalOptions, world, options.isGone);
  const steady = steadyWorld(world);
  const lanes = options.providers.flatMap((one) => createLanes(one, prices, books, steady, options.probeDown));
  const recovered = await books.recover();
  await books.ledger.prune(world.now() - DEFAULTS.ledgerKeptMs);
  const runBudget = createRunBudget(
    options.budget ?? {},
    options.budget?.runId ?? randomUUID(),
    books.budget,
    world,
    notify,
  );
  const today = daySpending(books.ledger, options.budget?.timeZone ?? DEFAULTS.timeZone, world);
  const { hooks = {} } = options;
  const scopes = createScopes();
  const bookings = createBookings();
  const otherNames = createOtherNames(books.journal, world, notify);
  const counts: CallCounts = { answered: 0, failed: 0, cached: 0, totals: NOTHING };
  const underWay = new Map<string, Promise<CallResult>>();
  /** By pipeline, while they are summed up: many calls may be held at once. */
  const held = new Map<string, Promise<DoubtSum>>();
  const holding = (pipeline: string): Promise<DoubtSum> => {
    const sum = held.get(pipeline) ?? doubtOf(books, pipeline).finally(() => held.delete(pipeline));
    held.set(pipeline, sum);
    return sum;
  };
  let closed: Promise<void> | undefined;

  const checkFor = async (
    { embedding }: UniversalRequest,
    schema: JsonSchema | undefined,
  ): Promise<SchemaCheck | undefined> => {
    if (embedding !== undefined) return (text) => ({ ok: true, value: parseJson(text) });
    return schema === undefined ? undefined : await schemaCheck(schema);
  };

  const make = async (
    request: UniversalRequest,
    context: AiCallOptions,
    facts: CallFacts,
    key: string,
  ): Promise<CallResult> => {
    const scope = scopes.begin(context.signal);
    try {
      await bookings.room();
      otherNames.present(context.pipeline, context.stage);
      const check = await checkFor(request, context.schema);
      const { soft, hard } = scope;
      const candidates = lanesFor(lanes, request, context);
      const answerOf = (ending: Ending, cached: boolean): CallResult => {
        if (cached) candidates.find(({ name }) => name === ending.provider)?.health.hasAnsweredBefore();
        return endedResult(ending, check, context, cached);
      };
      const found = soft.aborted ? undefined : await books.journal.get(key);
      // What a call needs beside is not made for an answer that is there.
      if (found?.record.state.kind === 'ended' && context.live !== true)
        return answerOf(found.record.state.ending, true);
      const sent = sentRequest(request, facts.maxTokens, context);
      const { cascade } = context;
      return await journaledCall({
        books,
        world,
        key,
        request,
        context,
        soft,
        notify,
        maxTokens: facts.maxTokens,
        keepPrompt: options.journal?.store !== 'hash',
        inDoubt: () => holding(context.pipeline),
        unanswered: () =>
          otherNames.find({ facts, pipeline: context.pipeline, identity: context.identity, lanes: candidates }),
        found,
        resultOf: answerOf,
        conversation: {
          books,
          runBudget,
          world: steady,
          soft,
          hard,
          notify,
          check,
          call: key,
          lanes: candidates,
          onTruncated: context.onTruncated ?? 'retry',
          fallbackOn: context.fallbackOn,
          capMax: largestCap(candidates, request.model),
          attribution: {
            ...attributionOf(context),
            ...(cascade && { cascade: { step: cascade.step, last: cascade.models.at(-1) ?? request.model } }),
          },
          request: sent,
          step: cascade && stepMoney(candidates, sent, cascade, world.now()),
          route: context.route ?? 'cheapest',
          providerWaitMs: options.providerWaitMs ?? DEFAULTS.providerWaitMs,
          onLimiterWait: (lane, ms) => hooks.onLimiterWait?.(lane, ms),
          bookLater: (booking) => bookings.add(booking),
          onRecovered({ label }, ms) {
            notify({ kind: 'provider-up', message: `${label} answers again, after ${Math.round(ms / 1000)} s` });
          },
          onEnded(attempt) {
            const { entry } = attempt;
            counts.totals = plus(counts.totals, entry);
            today.add(entry);
            hooks.onAttempt?.(entry, () => attributesOf(attempt));
            options.observer?.ended(attempt);
          },
        },
      });
    } finally {
      scope.end();
    }
  };

  let inBatches = 0;
  const booked = (entry: LedgerEntry): void => {
    inBatches += 1;
    counts.totals = plus(counts.totals, entry);
    today.add(entry);
    hooks.onAttempt?.(entry, () => ({}));
  };
  const batches = createBatchLane({
    books,
    runBudget,
    world,
    lanes,
    folder: options.store.kind === 'lmdb' ? batchesIn(options.store.folder) : undefined,
    keys: options.store.keys,
    ttlMs: options.journal?.ttlMs ?? DEFAULTS.journalTtlMs,
    providerWaitMs: options.providerWaitMs ?? DEFAULTS.providerWaitMs,
    notify,
    booked,
    weigh(request, context) {
      const facts = factsOf(request, context, lanesFor(lanes, request, context));
      return make(request, { ...context, onlyWeighs: true }, facts, callKey(facts));
    },
    facts(request, context) {
      const candidates = lanesFor(lanes, request, context);
      const { maxTokens, ...facts } = factsOf(request, context, candidates);
      const keepPrompt = options.journal?.store !== 'hash';
      return {
        key: callKey({ ...facts, maxTokens }),
        lanes: candidates,
        record: recordOf({ context, request, maxTokens, keepPrompt, world }),
        attribution: attributionOf(context),
        route: context.route ?? 'cheapest',
        request: sentRequest(request, maxTokens, context),
      };
    },
  });

  return {
    recovered,
    batches,
    recover: () => books.recover(),
    async call(request, context) {
      const facts = factsOf(request, context, lanesFor(lanes, request, context));
      const key = callKey(facts);
      const other = underWay.get(key);
      const result = await (other ?? started(key, make(request, context, facts, key)));
      const shared = other !== undefined && result.kind !== 'stopped' ? { ...result, cached: true } : result;
      const way = wayOf(shared);
      if (way !== undefined) {
        counts[way] += 1;
        hooks.onCall?.(way);
      }
      return shared;
    },
    estimate: async (request, context) => {
      const facts = factsOf(request, context, lanesFor(lanes, request, context));
      const found = context.live === true ? undefined : await books.journal.get(callKey(facts));
      const journaled = found?.record.state.kind === 'ended';
      return estimateCall(
        lanesFor(lanes, request, context),
        request,
        facts,
        context,
        runBudget,
        world.now(),
        journaled,
      );
    },
    async recall(request, context) {
      if (context.live === true) return undefined;
      const state = (await books.journal.get(callKey(factsOf(request, context, lanesFor(lanes, request, context)))))
        ?.record.state;
      if (state?.kind !== 'ended') return undefined;
      return endedResult(state.ending, await checkFor(request, context.schema), context, true);
    },
    async status(pipeline) {
      await bookings.idle();
      return readStatus({ lanes, counts, inBatches, runBudget, books, world: steady, inFlight: scopes.size, pipeline });
    },
    providers: () => providerStatuses(lanes, steady.now()),
    spentToday: () => today.read(),
    doubtful: () => doubtfulCalls(books),
    drain() {
      scopes.drain();
      return idle();
    },
    abort() {
      scopes.abort();
      return idle();
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };

  function started(key: string, call: Promise<CallResult>): Promise<CallResult> {
    const watched = call.finally(() => underWay.delete(key));
    underWay.set(key, watched);
    return watched;
  }

  async function idle(): Promise<void> {
    await scopes.idle();
    await bookings.idle();
  }

  async function closeAll(): Promise<void> {
    scopes.drain();
    await idle();
    await Promise.all(lanes.map((lane) => lane.close()));
    await books.close();
    await options.observer?.close();
    bookings.check();
  }
}

function attributionOf(context: AiCallOptions): Attribution {
  const { pipeline, stage, tags } = context;
  return { pipeline, stage, event: eventOf(context), ...(tags && { tags }) };
}

function sentRequest(
  request: UniversalRequest,
  maxOutputTokens: number,
  { schema, schemaMode, stream, cache }: AiCallOptions,
): ProviderRequest {
  return {
    ...without(request, 'provider', 'max_tokens'),
    maxOutputTokens,
    schema,
    schemaMode,
    stream,
    ...(cache && { cache }),
  };
}

function wayOf(result: CallResult): 'answered' | 'cached' | 'failed' | undefined {
  switch (result.kind) {
    case 'answered':
      return result.cached ? 'cached' : 'answered';
    case 'failed':
      return 'failed';
    case 'stopped':
      return undefined;
  }
}

/** @param lanes the lanes that may serve the request */
function factsOf(request: UniversalRequest, context: AiCallOptions, lanes: readonly ProviderLane[]): CallFacts {
  const [only, ...others] = onePerProvider(lanes);
  return {
    stage: context.stage,
    request: { ...request, model: realModel(request.model, lanes) },
    maxTokens: request.max_tokens ?? context.maxTokens ?? DEFAULTS.maxTokens,
    schema: context.schema,
    identity: context.dedupe === true ? undefined : context.identity,
    server: others.length === 0 ? only?.provider : undefined,
  };
}

/** What all who serve a model call it; where they differ, its name stands for what it is at each of them. */
function realModel(model: string, lanes: readonly ProviderLane[]): string {
  const serving = lanes.filter((lane) => lane.provider.serves(model));
  const [real = model, ...others] = new Set(serving.map((lane) => lane.wireModel(model)));
  return others.length === 0 ? real : model;
}

/** The lanes that may serve, their providers in the order of the stage; a request's own provider is the only one. */
function lanesFor(
  all: readonly ProviderLane[],
  request: UniversalRequest,
  context: AiCallOptions,
): readonly ProviderLane[] {
  const { provider, model, embedding } = request;
  const named = provider === undefined ? context.providers : [provider];
  const may = named === undefined ? all : named.flatMap((name) => all.filter((lane) => lane.name === name));
  if (embedding === undefined) return may;
  // Vectors of different models can't be compared.
  const [first] = may.filter((lane) => lane.provider.serves(model));
  return first === undefined ? may : may.filter((lane) => lane.wireModel(model) === first.wireModel(model));
}

function endedResult(
  ending: Ending,
  check: SchemaCheck | undefined,
  { onTruncated }: AiCallOptions,
  cached: boolean,
): CallResult {
  const satisfies = (text: string): boolean => check?.(text).ok ?? true;
  const shown = onTruncated === 'keep' ? keptEnding(ending, satisfies) : ending;
  return resultOf(shown, shown.kind === 'answered' ? valueOf(shown.text, check) : null, cached);
}

function valueOf(text: string, check: SchemaCheck | undefined): Json {
  const checked = check?.(text);
  return checked?.ok === true ? checked.value : text;
}

/** The most notices that are remembered. */
const NOTICES_MAX = 1000;

/** Reports each text once: a hundred thousand calls with the same problem are one piece of news. */
function onceEach(notify: (notice: Notice) => void): (notice: Notice) => void {
  const told = new Set<string>();
  return (notice) => {
    if (told.has(notice.message)) return;
    const [oldest] = told;
    // A daemon has notices for years.
    if (told.size >= NOTICES_MAX && oldest !== undefined) told.delete(oldest);
    told.add(notice.message);
    notify(notice);
  };
}
