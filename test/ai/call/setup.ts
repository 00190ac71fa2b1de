import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAiClient,
  type AiClient,
  type AiClientOptions,
  type AnsweredCall,
  type AiCallOptions,
  type CallResult,
  type Notice,
  type LaneOptions,
} from '../../../src/ai/index.js';
import { realWorld, type AiWorld } from '../../../src/ai/ai-world.js';
import {
  startFakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeWireName,
} from '../../support/fake-provider.js';
import { timersByHand } from '../../support/timers-by-hand.js';

/** Everything that a test of calls opens; closed in one go. */
export interface Stage {
  readonly folder: string;
  readonly notices: Notice[];
  fake(wire?: FakeWireName, options?: Partial<FakeProviderOptions>): Promise<FakeProvider>;
  client(providers: readonly LaneOptions[], options?: Partial<AiClientOptions>, world?: AiWorld): Promise<AiClient>;
  close(): Promise<void>;
}

export function stage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'ai-'));
  const open: { close(): Promise<void> }[] = [];
  const notices: Notice[] = [];
  return {
    folder,
    notices,
    async fake(wire = 'openai', options = {}) {
      const fake = await startFakeProvider({ wire, ...options });
      open.push(fake);
      return fake;
    },
    async client(providers, options = {}, world) {
      const store = { kind: 'lmdb' as const, folder };
      const client = await createAiClient(
        { providers, store, onNotice: (notice) => notices.push(notice), ...options },
        world,
      );
      open.unshift(client);
      return client;
    },
    async close() {
      for (const thing of open) await thing.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A provider as a config would have it, with short delays. */
export function setupOf(
  fake: FakeProvider,
  kind: FakeWireName = 'openai',
  more: Partial<LaneOptions> = {},
): LaneOptions {
  return {
    name: kind,
    kind,
    apiKeys: [{ reveal: () => fake.apiKey }],
    baseUrl: fake.url,
    cost_per_token: { input: '0.00003', output: '0.00006' },
    timeouts: TIMEOUTS,
    retry: { attemptsMax: 4, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 },
    breaker: { threshold: 5, openForMs: 50 },
    ...more,
  };
}

const TIMEOUTS = { connectMs: 10_000, firstByteMs: 20_000, idleMs: 25_000, totalMs: 40_000 };

/** The real world, but that no request takes too long; with `elapse`, the one that is under way has. */
export function patientWorld(world: AiWorld = realWorld): { readonly world: AiWorld; readonly elapse: () => void } {
  const timers = timersByHand();
  const isTimeout = (delayMs: number): boolean => Object.values(TIMEOUTS).includes(delayMs);
  const after: AiWorld['after'] = (delayMs, then) => (isTimeout(delayMs) ? timers : world).after(delayMs, then);
  return { world: { ...world, after }, elapse: () => timers.elapse(TIMEOUTS.firstByteMs) };
}

export const MODEL = 'gpt-4o-mini';

export function request(content: string, model = MODEL) {
  return { model, messages: [{ role: 'user' as const, content }] };
}

export function context(more: Partial<AiCallOptions> = {}): AiCallOptions {
  return { stage: 'ask', pipeline: 'default', identity: { occurrence: 0 }, ...more };
}

export function answered(result: CallResult): AnsweredCall {
  if (result.kind !== 'answered') throw new Error(`${result.kind}: ${result.message}`);
  return result;
}
