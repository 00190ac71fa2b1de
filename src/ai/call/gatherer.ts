import { setMaxListeners } from 'node:events';
import { onAbort } from '../../world/index.js';
import type { AiWorld } from '../ai-world.js';
import { NO_TOKENS, type Nano } from '../money/index.js';
import type {
  EmbeddingLimits,
  ProviderAnswer,
  ProviderFailure,
  ProviderRequest,
  ProviderResult,
} from '../provider/index.js';
import { vectorsText } from '../provider/index.js';
import { textOf } from '../request/index.js';
import { without } from '../without.js';
import { partsOf } from './parts-of.js';

/** Signals that abort a request while it waits, and while it is under way. */
export interface Stops {
  readonly soft: AbortSignal;
  readonly hard: AbortSignal;
}

/**
 * Gathers requests for vectors that are made at the same moment into one request, and gives each caller its part of the answer
 * and bill.
 */
export interface Gatherer {
  /**
   * @param failures how often the call failed before: each time it shares a request with fewer, so that a row that causes
   *   failures ends up alone
   */
  ask(request: ProviderRequest, failures: number, stops: Stops): Promise<ProviderResult>;
}

export interface GathererOptions {
  readonly limits: EmbeddingLimits;
  /** Makes one HTTP attempt. */
  readonly send: (request: ProviderRequest, stops: Stops) => Promise<ProviderResult>;
  /** What an answer costs; undefined: that is not known for sure. */
  readonly costOf: (answer: ProviderAnswer, request: ProviderRequest) => Nano | undefined;
  readonly after: AiWorld['after'];
}

/** So long a request waits for others. An answer takes many times as long. */
const GATHER_MS = 10;
/** Few enough that an answer has only a few megabytes, and that few are sent again if one of them is refused. */
const TEXTS_MAX = 100;
/** If this many requests are refused and none is served, the texts in them are not the cause. */
const REFUSALS_MAX = 24;
/** And so many where the model was missing before: every request of a run would else be divided. */
const MISSES_MAX = 4;
/** By so much fewer share a request at the next attempt. */
const FEWER = 8;
/** While so many are under way, one that is not full waits and fills up. */
const UNDER_WAY_MAX = 4;

interface Asker {
  readonly request: ProviderRequest;
  readonly bytes: number;
  readonly stops: Stops;
  resolve(result: ProviderResult): void;
  reject(error: unknown): void;
  /** Stops listening for an abort while waiting. */
  leave(): void;
}

/** A request for several askers, and its result. */
interface Sent {
  readonly askers: readonly Asker[];
  readonly whole: ProviderRequest;
  readonly result: ProviderResult;
}

/** The results so far of a request and its halves. */
interface Found {
  refused: number;
  isServed: boolean;
}

interface Group {
  readonly askers: Set<Asker>;
  readonly textsMax: number;
  isRipe: boolean;
  readonly cancelTimer: () => void;
}

export function createGatherer({ limits, send, costOf, after }: GathererOptions): Gatherer {
  /** Those that are not sent yet, by what their requests must have in common. */
  const groups = new Map<string, Group>();
  /** Models that were not found in so many requests, until one is served. */
  const missing = new Set<string>();
  let textsMax = Math.min(TEXTS_MAX, limits.textsMax);
  let underWay = 0;

  function open(key: string, failures: number): Group {
    const cancelTimer = after(GATHER_MS, () => {
      group.isRipe = true;
      sendRipe();
    });
    const max = Math.max(1, Math.floor(textsMax / FEWER ** failures));
    const group: Group = { askers: new Set(), textsMax: max, isRipe: false, cancelTimer };
    groups.set(key, group);
    return group;
  }

  function sendRipe(): void {
    for (const [key, group] of groups) if (group.isRipe && underWay < UNDER_WAY_MAX) dispatch(key, group);
  }

  function dispatch(key: string, group: Group): void {
    groups.delete(key);
    group.cancelTimer();
    const askers = [...group.askers];
    for (const asker of askers) asker.leave();
    if (askers.length === 0) return;
    underWay += 1;
    void serve(askers)
      .catch((error: unknown) => {
        for (const asker of askers) asker.reject(error);
      })
      .finally(() => {
        underWay -= 1;
        sendRipe();
      });
  }

  async function serve(askers: readonly Asker[]): Promise<void> {
    await settle(await sent(askers), { refused: 0, isServed: false });
  }

  async function sent(askers: readonly Asker[]): Promise<Sent> {
    const whole = together(askers);
    return { askers, whole, result: await withJointStops(askers, (stops) => send(whole, stops)) };
  }

  /**
   * Gives each asker its part of the result. Where one of them may be why all are refused, both halves are asked before either is
   * divided, so that it soon shows whether any of them is served.
   *
   * @returns whether all of them are answered
   */
  async function settle({ askers, whole, result }: Sent, found: Found): Promise<boolean> {
    if (result.ok) {
      found.isServed = true;
      missing.delete(whole.model);
      const answers = answersOf(result.answer, askers, costOf(result.answer, whole));
      for (const [i, asker] of askers.entries()) asker.resolve(answers[i] ?? result);
      return true;
    }
    const { failure } = result;
    if (mayBeAll(failure)) found.refused += 1;
    const isHopeless = found.refused >= (missing.has(whole.model) ? MISSES_MAX : REFUSALS_MAX) && !found.isServed;
    if (isHopeless && failure.code === 'model_not_found') missing.add(whole.model);
    if (askers.length === 1 || !mayBeOnes(failure) || isHopeless) {
      for (const [i, asker] of askers.entries()) asker.resolve({ ok: false, failure: partOf(failure, i) });
      return false;
    }
    const middle = askers.length >> 1;
    const halves = await Promise.all([sent(askers.slice(0, middle)), sent(askers.slice(middle))]);
    if (halves.some((half) => half.result.ok)) found.isServed = true;
    let areAll = true;
    for (const half of halves) if (!(await settle(half, found))) areAll = false;
    if (!areAll) return false;
    // None of them is refused alone, but this many together are.
    textsMax = Math.max(1, Math.min(textsMax, Math.ceil(whole.messages.length / 2)));
    return true;
  }

  return {
    ask: (request, failures, stops) =>
      new Promise((resolve, reject) => {
        const key = JSON.stringify([request.model, request.embedding?.dimensions, request.extra, failures]);
        const bytes = bytesOf(request);
        const before = groups.get(key);
        if (before !== undefined && !fits(before, request, bytes)) dispatch(key, before);
        const group = groups.get(key) ?? open(key, failures);
        const stopped = (): void => {
          group.askers.delete(asker);
          resolve(NOT_SENT);
        };
        if (stops.soft.aborted) {
          resolve(NOT_SENT);
          return;
        }
        const leave = onAbort(stops.soft, stopped);
        const asker: Asker = { request, bytes, stops, resolve, reject, leave };
        group.askers.add(asker);
        if (textsIn(group) >= group.textsMax) dispatch(key, group);
      }),
  };

  /** A token has at least a byte. */
  function fits(group: Group, { messages }: ProviderRequest, bytes: number): boolean {
    const all = [...group.askers].reduce((sum, asker) => sum + asker.bytes, bytes);
    return textsIn(group) + messages.length <= group.textsMax && all <= limits.tokensMax;
  }
}

/** What becomes of a request that was stopped before it was sent. */
export const NOT_SENT: ProviderResult = {
  ok: false,
  failure: {
    code: 'aborted',
    outcome: { kind: 'retry-now' },
    message: 'stopped before it was sent',
    billing: 'none',
    limits: {},
  },
};

function textsIn({ askers }: Group): number {
  return [...askers].reduce((sum, { request }) => sum + request.messages.length, 0);
}

function bytesOf({ messages }: ProviderRequest): number {
  return messages.reduce((sum, message) => sum + Buffer.byteLength(textOf(message)), 0);
}

function together(askers: readonly Asker[]): ProviderRequest {
  const [first] = askers;
  if (first === undefined) throw new Error('nobody asks');
  return { ...first.request, messages: askers.flatMap(({ request }) => request.messages) };
}

/** A request is stopped when nobody wants its answer any more. */
async function withJointStops<T>(askers: readonly Asker[], work: (stops: Stops) => Promise<T>): Promise<T> {
  const done = new AbortController();
  // Each of many askers has a listener until the answer arrives.
  setMaxListeners(0, done.signal);
  const joint = (which: keyof Stops): AbortSignal => {
    const all = new AbortController();
    const signals = new Set(askers.map(({ stops }) => stops[which]));
    const check = (): void => {
      if ([...signals].every(({ aborted }) => aborted)) all.abort();
    };
    for (const each of signals) each.addEventListener('abort', check, { signal: done.signal });
    check();
    return all.signal;
  };
  try {
    return await work({ soft: joint('soft'), hard: joint('hard') });
  } finally {
    done.abort();
  }
}

/** Whether one of several texts may be why the provider refuses them all. */
function mayBeOnes({ outcome, status }: ProviderFailure): boolean {
  return (outcome.kind === 'record-fatal' || outcome.kind === 'refused') && status !== undefined;
}

/** Whether it may as well be a matter of the key or the model, whatever the texts. */
function mayBeAll({ outcome, code }: ProviderFailure): boolean {
  return outcome.kind === 'refused' || code === 'model_not_found';
}

/** Of the askers that failed together, only the first reports on the provider's health and limits. */
function partOf(failure: ProviderFailure, i: number): ProviderFailure {
  return i === 0 ? failure : { ...failure, shared: true, limits: {} };
}

/** Each asker's part of an answer: its vectors, and its share of the tokens and the cost in proportion to the length of its texts. */
function answersOf(
  answer: ProviderAnswer,
  askers: readonly Asker[],
  cost: Nano | undefined,
): readonly ProviderResult[] {
  const { vectors = [], tokens, rawUsage, limits } = answer;
  const common = without(answer, 'vectors', 'reportedCost');
  const weights = askers.map(({ bytes }) => bytes);
  const inputs = tokens && partsOf(BigInt(tokens.input), weights);
  const shares = cost === undefined ? undefined : partsOf(cost, weights);
  let taken = 0;
  return askers.map(({ request: { messages, embedding } }, i) => {
    const own = vectors.slice(taken, (taken += messages.length));
    const [share, input] = [shares?.[i], inputs?.[i]];
    return {
      ok: true,
      answer: {
        ...common,
        text: vectorsText(own, embedding?.many === true),
        tokens: input === undefined ? undefined : { ...NO_TOKENS, input: Number(input) },
        rawUsage: askers.length === 1 ? rawUsage : { inputs: askers.length, usage: rawUsage },
        ...(share !== undefined && { share }),
        limits: i === 0 ? limits : {},
      },
    };
  });
}
