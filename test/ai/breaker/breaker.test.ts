import { describe, expect, it } from 'vitest';
import { createBreaker, type Breaker, type BreakerPass } from '../../../src/ai/breaker/index.js';

function setup() {
  let now = 1000;
  const breaker = createBreaker({ threshold: 5, openForMs: 30_000 }, () => now);
  return { breaker, now: () => now, pass: (ms: number) => void (now += ms) };
}

function enter(breaker: Breaker, now: number): BreakerPass {
  const entry = breaker.enter(now);
  if (entry.kind !== 'pass') throw new Error(`refused until ${entry.until}`);
  return entry.pass;
}

function fail(breaker: Breaker, now: number, times: number): void {
  for (let i = 0; i < times; i++) enter(breaker, now).failure();
}

describe('a circuit breaker', () => {
  it('opens after five failures in a row', () => {
    const { breaker, now } = setup();
    fail(breaker, now(), 4);
    expect(breaker.state).toEqual({ kind: 'closed', failures: 4 });
    fail(breaker, now(), 1);
    expect(breaker.state).toEqual({ kind: 'open', openedAt: 1000, until: 31_000, failures: 5 });
    expect(breaker.enter(now())).toEqual({ kind: 'refused', until: 31_000 });
  });

  it('starts counting over after a success', () => {
    const { breaker, now } = setup();
    fail(breaker, now(), 4);
    enter(breaker, now()).success();
    fail(breaker, now(), 4);
    expect(breaker.state.kind).toBe('closed');
  });

  it('lets exactly one probe through when the time is up', () => {
    const { breaker, now, pass } = setup();
    fail(breaker, now(), 5);
    pass(30_000);
    const probe = enter(breaker, now());
    expect(breaker.enter(now()).kind).toBe('refused');
    probe.success();
    expect(breaker.state).toEqual({ kind: 'closed', failures: 0 });
  });

  it('opens again when the probe fails', () => {
    const { breaker, now, pass } = setup();
    fail(breaker, now(), 5);
    pass(30_000);
    enter(breaker, now()).failure();
    expect(breaker.state).toEqual({ kind: 'open', openedAt: 31_000, until: 61_000, failures: 6 });
  });

  it('gives the probe to the next caller when the first one did not make its call', () => {
    const { breaker, now, pass } = setup();
    fail(breaker, now(), 5);
    pass(30_000);
    const probe = enter(breaker, now());
    probe.neutral();
    probe.success();
    expect(breaker.state.kind).toBe('open');
    enter(breaker, now()).success();
    expect(breaker.state.kind).toBe('closed');
  });

  it('does not close, nor open again, for late answers to calls from before it opened', () => {
    const { breaker, now } = setup();
    const [late, later] = [enter(breaker, now()), enter(breaker, now())];
    fail(breaker, now(), 5);
    late.success();
    later.failure();
    expect(breaker.state).toMatchObject({ kind: 'open', failures: 5 });
  });

  it('stays down until the time that the provider named', () => {
    const { breaker, now, pass } = setup();
    breaker.takeDown(now(), now() + 86_400_000, 'out of credit');
    pass(86_399_999);
    expect(breaker.enter(now()).kind).toBe('refused');
    pass(1);
    enter(breaker, now()).success();
    expect(breaker.state.kind).toBe('closed');
  });

  it.each([
    ['that is never over', Infinity, 61_000],
    ['that is too long', 1000 + 604_800_000, 901_000],
    ['that is short', 11_000, 11_000],
  ])('is probed though the provider named a time %s, where it is to go on', (_what, until, probedAt) => {
    const probeDown = { unnamedMs: 60_000, namedMs: 900_000 };
    const breaker = createBreaker({ threshold: 5, openForMs: 30_000, probeDown }, () => 1000);
    breaker.takeDown(1000, until, 'out of credit');
    expect(breaker.enter(probedAt - 1)).toEqual({ kind: 'refused', until: probedAt });
    enter(breaker, probedAt);
    expect(breaker.enter(probedAt).kind).toBe('refused');
    breaker.takeDown(probedAt, until, 'out of credit');
    expect(breaker.state).toMatchObject({ kind: 'down', since: probedAt });

    const told = createBreaker({ threshold: 5, openForMs: 30_000, probeDown }, () => 1000);
    told.adopt({ kind: 'down', since: 1000, until, reason: 'out of credit' });
    expect(told.availableAt(1000)).toBe(probedAt);
  });

  it('survives being stored and read back', () => {
    const { breaker, now, pass } = setup();
    fail(breaker, now(), 5);
    pass(30_000);
    enter(breaker, now());
    const stored: unknown = JSON.parse(JSON.stringify(breaker.state));
    expect(stored).toEqual(breaker.state);
    const again = createBreaker({ threshold: 5, openForMs: 30_000 }, now, breaker.state);
    enter(again, now()).success();
    expect(again.state.kind).toBe('closed');
  });
});
