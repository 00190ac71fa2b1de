import { describe, expect, it } from 'vitest';
import { scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';
import {
  allBut,
  answerAfter,
  childOf,
  childrenOf,
  events,
  FOR_EVER,
  isAlive,
  kindsAndNumbers,
  lettersOf,
  NEVER,
  TEXTS,
  textOf,
  TOO_MUCH,
  UNLIMITED,
  untilLate,
} from './hanging.js';

function configOf(eventTimeout: string, script: unknown = FOR_EVER): string {
  return `processing: { event_timeout: ${eventTimeout}, drain_timeout: 1s, worker_threads: 0 }
${UNLIMITED}
pipelines:
  default:
    stages: [{ computo: ${answerAfter(script)} }]
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
  other:
    outputs: [{ file: ./other.ndjson }]
`;
}

describe('an event that never comes to an end', () => {
  it('is a dead letter when its time is over, and all others are there once, in order', async () => {
    const bad = [0, 100, 101];
    const daemon = await startDaemon(configOf('1s'));
    await postLines(`${daemon.url}/events`, events(300, bad));
    await until(() => textOf(daemon.cwd, 'out.ndjson') === allBut(300, bad), 'all others are out');
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    expect(metrics).toContain('colloquium_workers_ended_total{pipeline="default",reason="timeout"} 3');
    const { event } = await daemon.says('an event was given up');
    expect(await daemon.end()).toBe(0);
    expect(textOf(daemon.cwd, 'out.ndjson')).toBe(allBut(300, bad));
    expect(kindsAndNumbers(daemon.cwd)).toEqual(bad.map((n) => ['limit_exceeded', n]));
    const [first] = lettersOf(daemon.cwd);
    expect(first?.event.id).toBe(event);
    expect(first?.error.message).toBe('the event was in work for more than 1000 ms (processing.event_timeout)');
  });

  it('keeps nobody else waiting: the daemon answers, other pipelines go on, and it ends in time', async () => {
    const daemon = await startDaemon(configOf(NEVER));
    await postLines(`${daemon.url}/events`, events(3, [1]));
    expect(await untilLate(daemon)).toEqual({
      name: 'stream_engine',
      status: 'degraded',
      error: expect.stringMatching(
        /^pipeline default: an event is in work for [\d.]+ s \(processing.event_timeout\), and the pipeline is [\d.]+ s behind$/,
      ) as string,
      lag_ms: expect.any(Number) as number,
    });
    expect((await fetch(`${daemon.url}/livez`)).status).toBe(200);
    await post(`${daemon.url}/events/other`, { n: 1 });
    await until(() => textOf(daemon.cwd, 'other.ndjson') === '{"n":1}\n', 'the other pipeline goes on');
    expect(await daemon.end()).toBe(0);

    // It counts as not read: it has its time at the next start.
    const next = await startDaemon(configOf('1s'), { cwd: daemon.cwd });
    await until(() => textOf(next.cwd, 'out.ndjson') === allBut(3, [1]), 'all others are out');
    expect(await next.end()).toBe(0);
    expect(kindsAndNumbers(next.cwd)).toEqual([['limit_exceeded', 1]]);
  });

  it('is tried again after a kill, and the daemon answers meanwhile', async () => {
    const cwd = scratch();
    const killed = await startDaemon(configOf(NEVER), { cwd });
    await postLines(`${killed.url}/events`, events(200, [50]));
    await untilLate(killed);
    expect(await killed.end('SIGKILL')).toBe('SIGKILL');

    const hung = await startDaemon(configOf(NEVER), { cwd });
    await untilLate(hung);
    expect((await fetch(`${hung.url}/livez`)).status).toBe(200);
    await until(() => textOf(cwd, 'out.ndjson') === allBut(50, []), 'those before it, tried by themselves, are out');
    expect(await hung.end('SIGKILL')).toBe('SIGKILL');

    const daemon = await startDaemon(configOf('1s'), { cwd });
    await until(() => textOf(cwd, 'out.ndjson') === allBut(200, [50]), 'all others are out');
    expect(await daemon.end()).toBe(0);
    expect(textOf(cwd, 'out.ndjson')).toBe(allBut(200, [50]));
    expect(kindsAndNumbers(cwd)).toEqual([['limit_exceeded', 50]]);
  });
});

describe('an event that kills who works on it', () => {
  it('ends a process of its own when it is tried again, and no other', async () => {
    const cwd = scratch();
    const killed = await startDaemon(configOf(NEVER), { cwd });
    await postLines(`${killed.url}/events`, events(30, [10, 20]));
    await untilLate(killed);
    await killed.end('SIGKILL');

    const daemon = await startDaemon(configOf(NEVER), { cwd });
    await untilLate(daemon);
    const first = childOf(daemon);
    // As the kernel does where memory gets short.
    process.kill(first, 'SIGKILL');
    await until(() => lettersOf(cwd).length === 1, 'it is given up');
    expect((await fetch(`${daemon.url}/livez`)).status).toBe(200);
    await until(() => childrenOf(daemon).some((pid) => pid !== first), 'the next one hangs in another process');
    await untilLate(daemon);
    const second = childOf(daemon);
    await daemon.end('SIGKILL');
    await until(() => !isAlive(second), 'who works for nobody ends');

    const last = await startDaemon(configOf('1s'), { cwd });
    await until(() => textOf(cwd, 'out.ndjson') === allBut(30, [10, 20]), 'all others are out');
    await until(() => childrenOf(last).length === 0, 'nothing is tried by itself any more');
    expect(await last.end()).toBe(0);
    expect(kindsAndNumbers(cwd)).toEqual([
      ['limit_exceeded', 10],
      ['limit_exceeded', 20],
    ]);
    expect(lettersOf(cwd)[0]?.error.message).toBe('a worker did not survive the event: its process ended by SIGKILL');
  });
});

describe('an event that takes more memory than there is', () => {
  it('is a dead letter, and all others are there once, in order', async () => {
    const daemon = await startDaemon(configOf(NEVER, TOO_MUCH));
    await postLines(`${daemon.url}/events`, events(20, [7], { texts: TEXTS }));
    await until(() => textOf(daemon.cwd, 'out.ndjson') === allBut(20, [7]), 'all others are out');
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text();
    // Once in the company of others, and once by itself.
    expect(metrics).toContain('colloquium_workers_ended_total{pipeline="default",reason="memory"} 2');
    expect(await daemon.end()).toBe(0);
    expect(kindsAndNumbers(daemon.cwd)).toEqual([['limit_exceeded', 7]]);
    expect(lettersOf(daemon.cwd)[0]?.error.message).toContain('more memory than a worker has (512 MB)');
  });
});
