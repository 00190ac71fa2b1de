import { expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { configOf, providerOf } from '../ai-stage.js';
import { textOf } from './hanging.js';

const KILLS = 12;
const ROWS = 400;

it.each([
  { wire: 'openai', model: 'gpt-4o-mini' },
  { wire: 'google', model: 'gemini-2.5-flash' },
] as const)(
  'a daemon killed at steps of batches at $wire answers each event once, in order, and pays once',
  async ({ wire, model }) => {
    let steps = 0;
    let killAt = Infinity;
    let kill = (): void => undefined;
    const onStep = (): void => {
      steps += 1;
      if (steps === killAt) kill();
    };
    const fake = await startFakeProvider({
      wire,
      batches: { looks: 2, onStep, fate: (row, batch) => (batch === 0 && row % 7 === 0 ? 'expired' : 'answered') },
    });
    const stage = `{ into: /a, request: { model: ${model}, prompt: "\${/q}", max_tokens: 60 }, lane: batch, max_batch: 40, max_wait: 1s }`;
    const providers = configOf({ [wire]: providerOf(fake) }, { stages: [stage] }).replace('state_dir: ./state\n', '');
    const config = `${providers}    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n`;
    const cwd = scratch();
    const rows = Array.from({ length: ROWS }, (_, n) => `row ${n}`);
    const output = (): readonly string[] => textOf(cwd, 'out.ndjson').split('\n').slice(0, -1);
    let sent = 0;
    for (let n = 0; n < KILLS; n += 1) {
      const daemon = await startDaemon(config, { cwd });
      const upTo = Math.ceil(((ROWS - 1) * (n + 1)) / KILLS);
      const body = rows.slice(sent, upTo).map((q) => JSON.stringify({ q }));
      sent = upTo;
      expect((await postLines(`${daemon.url}/events`, body.join('\n'))).status).toBe(202);
      const killed = new Promise<void>((resolve) => (kill = resolve));
      // At another step each time: while it uploads, submits, looks and fetches.
      killAt = steps + 1 + Math.floor(Math.random() * 12);
      await Promise.race([killed, until(() => output().length === sent, 'all are answered')]);
      await daemon.end('SIGKILL');
      killAt = Infinity;
    }
    const daemon = await startDaemon(config, { cwd });
    // What the last one wrote behind its checkpoint is cut off and written again: with one event more, this has been done.
    expect((await postLines(`${daemon.url}/events`, JSON.stringify({ q: rows.at(-1) }))).status).toBe(202);
    await until(() => output().length === ROWS, 'all are answered');
    expect(await daemon.end()).toBe(0);
    const answers = output().map(
      (line) => JSON.parse(line) as { readonly q: string; readonly a: { response: string } },
    );
    expect(answers.map(({ q, a }) => [q, a.response])).toEqual(rows.map((q) => [q, q.toUpperCase()]));
    expect(textOf(cwd, 'dead.ndjson')).toBe('');
    const billed = fake.records.map(({ call }) => call.texts.join('\n'));
    expect([billed.length, new Set(billed).size]).toEqual([ROWS, ROWS]);
    const { stdout } = await runCli(['cost', '--by', 'lane', '--format', 'json'], { cwd });
    const { groups } = JSON.parse(stdout) as { readonly groups: readonly { cost: number; unknown_requests: number }[] };
    expect(groups.map(({ unknown_requests: unknown }) => unknown).filter((unknown) => unknown > 0)).toEqual([]);
    expect(Math.round(groups.reduce((sum, { cost }) => sum + cost, 0) * 1e9)).toBe(Number(fake.billed));
    await fake.close();
  },
);
