import { describe, expect, it } from 'vitest';
import { addLoad, secondsAtLimits, type Loads, type ProviderLimits } from '../../../src/jobs/forecast/loads.js';
import type { PossibleCall } from '../../../src/jobs/forecast/loads.js';

function call(provider: string, model: string): PossibleCall {
  return {
    kind: 'possible',
    journaled: false,
    provider,
    model,
    tokens: { likelyInput: 60, likelyOutput: 40, worst: 300 },
    cost: { likely: null, worst: null, mending: null },
  };
}

function loadsOf(...calls: readonly PossibleCall[]): Loads {
  const loads: Loads = new Map();
  for (const one of calls) addLoad(loads, one, 1);
  return loads;
}

const limits = (byProvider: Readonly<Record<string, ProviderLimits>>) => (name: string) => byProvider[name] ?? {};

describe('the time that limits make a run take', () => {
  it('is that of the tightest limit, with the likely and the worst tokens', () => {
    const loads = [loadsOf(...Array.from({ length: 30 }, () => call('a', 'm')))];
    const both = limits({ a: { rate_limit: { requests_per_minute: 60, tokens_per_minute: 2000 } } });
    expect(secondsAtLimits(loads, both)).toEqual({ likely: 90, worst: 270 });
    expect(secondsAtLimits(loads, limits({ a: { rate_limit: { requests_per_minute: 10 } } }))).toEqual({
      likely: 180,
      worst: 180,
    });
  });

  it('is that of the slowest provider: they work side by side, over all stages', () => {
    const loads = [loadsOf(call('a', 'm'), call('b', 'm')), loadsOf(call('a', 'm'))];
    const each = limits({
      a: { rate_limit: { requests_per_minute: 60 } },
      b: { rate_limit: { requests_per_minute: 20 } },
    });
    expect(secondsAtLimits(loads, each)).toEqual({ likely: 3, worst: 3 });
  });

  it('is shorter by the keys that a provider has: each has these limits', () => {
    const loads = [loadsOf(...Array.from({ length: 30 }, () => call('a', 'm')))];
    const rate_limit = { requests_per_minute: 10 };
    const own = limits({
      a: { lanes: 3, rate_limit: { requests_per_minute: 60 }, models: [{ name: 'm', rate_limit }] },
    });
    expect(secondsAtLimits(loads, own)).toEqual({ likely: 60, worst: 60 });
  });

  it("counts a model's own limit for that model alone", () => {
    const loads = [loadsOf(call('a', 'm'), call('a', 'n'), call('a', 'n'))];
    const own = limits({ a: { models: [{ name: 'n', rate_limit: { requests_per_minute: 30 } }, { name: 'm' }] } });
    expect(secondsAtLimits(loads, own)).toEqual({ likely: 4, worst: 4 });
  });

  it('is not known without limits, and nothing for calls taken out again', () => {
    const loads = loadsOf(call('a', 'm'));
    expect(secondsAtLimits([loads], () => ({}))).toBeUndefined();
    addLoad(loads, call('a', 'm'), -1);
    expect(secondsAtLimits([loads], () => ({ rate_limit: { requests_per_minute: 1 } }))).toEqual({
      likely: 0,
      worst: 0,
    });
  });

  it('takes models together that the input names without end', () => {
    const loads = loadsOf(...Array.from({ length: 5000 }, (_, i) => call('a', `m${i}`)));
    expect(loads.get('a')?.size).toBeLessThan(300);
    expect(secondsAtLimits([loads], () => ({ rate_limit: { requests_per_minute: 5000 } }))?.likely).toBe(60);
  });
});
