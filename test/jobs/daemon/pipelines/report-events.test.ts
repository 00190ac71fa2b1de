import { expect, it } from 'vitest';
import type { LedgerEntry } from '../../../../src/ai/index.js';
import { reportAttempt } from '../../../../src/jobs/daemon/pipelines/report-events.js';
import type { LogFields, Talk } from '../../../../src/jobs/index.js';

const ENTRY = {
  id: '1-x',
  time: 1,
  pipeline: 'default',
  stage: 'ask',
  event: '01a2',
  call: 'key',
  attempt: 1,
  provider: 'mine',
  model: 'm',
  worst: null,
} as const satisfies LedgerEntry;

/** What is told of an attempt, by level. */
function toldOf(outcome: string, isDebug: boolean): readonly (readonly [string, string, LogFields])[] {
  const told: [string, string, LogFields][] = [];
  const say =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void told.push([level, message, fields]);
  const talk: Talk = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    isDebug: () => isDebug,
    setLevel: () => undefined,
    admits: () => true,
    turn: () => undefined,
  };
  const entry: LedgerEntry = { ...ENTRY, end: { outcome, billing: 'exact', cost: 0n, bound: 0n, latencyMs: 7 } };
  reportAttempt(talk, entry, () => ({ 'gen_ai.request.model': 'm', 'gen_ai.response.finish_reasons': ['stop'] }));
  return told;
}

it('tells of a request that failed, and of one that was answered to whoever asks, in the words of OpenTelemetry', () => {
  const fields = { event: '01a2', ms: 7, 'gen_ai.request.model': 'm', 'gen_ai.response.finish_reasons': ['stop'] };
  expect(toldOf('timeout', false)).toMatchObject([['info', 'a request to a provider failed', fields]]);
  expect(toldOf('answered', true)).toMatchObject([['debug', 'a provider has answered', fields]]);
  expect(toldOf('answered', false)).toEqual([]);
});
