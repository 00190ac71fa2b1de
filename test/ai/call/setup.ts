import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAiClient,
  type AiClient,
  type AiClientOptions,
  type AnsweredCall,
  type CallContext,
  type CallResult,
  type Notice,
  type ProviderSetup,
} from '../../../src/ai/index.js';
import type { World } from '../../../src/ai/world.js';
import {
  startFakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type FakeWireName,
} from '../../support/fake-provider.js';

/** Everything that a test of calls opens; closed in one go. */
export interface Stage {
  readonly folder: string;
  readonly notices: Notice[];
  fake(wire?: FakeWireName, options?: Partial<FakeProviderOptions>): Promise<FakeProvider>;
  client(providers: readonly ProviderSetup[], options?: Partial<AiClientOptions>, world?: World): Promise<AiClient>;
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
  more: Partial<ProviderSetup> = {},
): ProviderSetup {
  return {
    name: kind,
    kind,
    apiKey: { reveal: () => fake.apiKey },
    baseUrl: fake.url,
    cost_per_token: { input: '0.00003', output: '0.00006' },
    timeouts: { connectMs: 10_000, firstByteMs: 20_000, totalMs: 40_000 },
    retry: { attemptsMax: 4, baseDelayMs: 5, delayMsMax: 20, retryAfterMsMax: 2000 },
    breaker: { threshold: 5, openForMs: 50 },
    ...more,
  };
}

/** For a provider that does not answer: no shorter than a busy machine needs for an answer. */
export const IMPATIENT = { connectMs: 10_000, firstByteMs: 1500, totalMs: 20_000 };

export const MODEL = 'gpt-4o-mini';

export function request(content: string, model = MODEL) {
  return { model, messages: [{ role: 'user' as const, content }] };
}

export function context(more: Partial<CallContext> = {}): CallContext {
  return { stage: 'ask', pipeline: 'default', identity: { occurrence: 0 }, ...more };
}

export function answered(result: CallResult): AnsweredCall {
  if (result.kind !== 'answered') throw new Error(`${result.kind}: ${result.message}`);
  return result;
}
