import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider, type FakeProvider } from '../../support/fake-provider.js';
import { providerOf } from '../ai-stage.js';
import {
  childOf,
  childrenOf,
  events,
  FOR_EVER,
  kindsAndNumbers,
  lettersOf,
  NEVER,
  TEXTS,
  textOf,
  TOO_MUCH,
  UNLIMITED,
  untilLate,
} from './hanging.js';
import { each } from '../../support/runs.js';

let fake: FakeProvider;
beforeEach(async () => {
  fake = await startFakeProvider({ wire: 'openai', latencyMs: 20 });
});
afterEach(() => fake.close());

/** What a script does with an event before it is asked about, or with the answer. */
interface Work {
  readonly before?: unknown;
  readonly behind?: unknown;
}

function configOf(eventTimeout: string, { before = true, behind = true }: Work): string {
  const after = (script: unknown, result: unknown): string => JSON.stringify(['if', script, result, result]);
  const asked = ['obj', 'role', 'user', 'content', ['strConcat', 'event ', ['$input', '/n']]];
  const request = ['obj', 'model', 'gpt-4o-mini', 'messages', [asked], 'max_tokens', 20];
  const answered = ['strConcat', ['$input', '/n'], ' ', ['$input', '/a/response']];
  return `processing: { event_timeout: ${eventTimeout}, drain_timeout: 1s, worker_threads: 0 }
${UNLIMITED}
ai_providers:
  openai: ${providerOf(fake)}
pipelines:
  default:
    stages:
      - computo: ${after(before, ['$input'])}
      - ai: { request: ${JSON.stringify(request)}, into: /a }
      - computo: ${after(behind, answered)}
    outputs: [{ file: ./out.ndjson }]
    dead_letter: ./dead.ndjson
`;
}

const answersToAllBut = (count: number, bad: readonly number[]): string =>
  Array.from({ length: count }, (_, n) => (bad.includes(n) ? '' : `"${n} EVENT ${n}"\n`)).join('');

const questions = (): string[] =>
  fake.records.map(({ call }) => String(call.texts.at(-1))).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const questionsAbout = (count: number, bad: readonly number[]): string[] =>
  Array.from({ length: count }, (_, n) => n).flatMap((n) => (bad.includes(n) ? [] : `event ${n}`));

describe('an event of a pipeline with an AI stage that never comes to an end', () => {
  each(1)<[string, Work, number[]]>([
    ['before it is asked about is a dead letter, and nobody is asked', { before: FOR_EVER }, [3, 40]],
    ['behind its answer is a dead letter, and nothing is asked twice', { behind: FOR_EVER }, []],
  ])('%s', async (_, work, unasked) => {
    const bad = [3, 40];
    const daemon = await startDaemon(configOf('1s', work));
    await postLines(`${daemon.url}/events`, events(60, bad));
    await until(() => textOf(daemon.cwd, 'out.ndjson') === answersToAllBut(60, bad), 'all others are out');
    await until(() => lettersOf(daemon.cwd).length === bad.length, 'they are dead letters');
    expect(await daemon.end()).toBe(0);
    expect(kindsAndNumbers(daemon.cwd)).toEqual(bad.map((n) => ['limit_exceeded', n]));
    expect(questions()).toEqual(questionsAbout(60, unasked));
  });

  it('is tried by itself after a kill, and the daemon answers meanwhile', async () => {
    const cwd = scratch();
    const work = { behind: FOR_EVER };
    const killed = await startDaemon(configOf(NEVER, work), { cwd });
    await postLines(`${killed.url}/events`, events(30, [10]));
    await untilLate(killed);
    expect((await fetch(`${killed.url}/livez`)).status).toBe(200);
    await killed.end('SIGKILL');

    const hung = await startDaemon(configOf(NEVER, work), { cwd });
    await untilLate(hung);
    expect((await fetch(`${hung.url}/livez`)).status).toBe(200);
    // As the kernel does where memory gets short.
    process.kill(childOf(hung), 'SIGKILL');
    await until(() => lettersOf(cwd).length === 1, 'it is given up');
    await until(() => textOf(cwd, 'out.ndjson') === answersToAllBut(30, [10]), 'all others are out');
    await until(() => childrenOf(hung).length === 0, 'nothing is tried by itself any more');
    expect(await hung.end()).toBe(0);
    expect(kindsAndNumbers(cwd)).toEqual([['limit_exceeded', 10]]);
  });
});

it('an event of a pipeline with an AI stage that takes more memory than there is is a dead letter, and no other', async () => {
  const daemon = await startDaemon(configOf(NEVER, { before: TOO_MUCH }));
  await postLines(`${daemon.url}/events`, events(20, [7], { texts: TEXTS }));
  await until(() => textOf(daemon.cwd, 'out.ndjson') === answersToAllBut(20, [7]), 'all others are out');
  await until(() => lettersOf(daemon.cwd).length === 1, 'it is a dead letter');
  expect(await daemon.end()).toBe(0);
  expect(kindsAndNumbers(daemon.cwd)).toEqual([['limit_exceeded', 7]]);
  expect(questions()).toEqual(questionsAbout(20, [7]));
});
