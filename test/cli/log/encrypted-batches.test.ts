import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isSealedFile } from '../../../src/crypt/index.js';
import { runCli, resultOf, startCli } from '../../support/cli.js';
import type { BatchStep } from '../../support/fake-batches.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { BATCH_RUN, BATCH_WIRES, expectWhole, writeBatchRun } from '../ai-batch-run.js';
import { aiStage, configOf, everyFile, providerOf, type AiStage } from '../ai-stage.js';

/** What is in every prompt, and in capitals in every answer. */
const MARKS = ['row 1', 'ROW 1', 'row 2', 'ROW 2', 'sk-fake'];

describe('storage.encryption', () => {
  let stage: AiStage;
  afterEach(() => stage.close());

  const encrypted = (keys: string): void => {
    const rest = stage.read('colloquium.yaml').replace(/^storage:.*\n/, '');
    stage.write('colloquium.yaml', `storage: { encryption: ${keys} }\n${rest}`);
  };
  const at = (...names: readonly string[]): string => join(stage.cwd, ...names);
  const batchFiles = (): readonly string[] => readdirSync(at('state', 'batches'));
  /** Fails if a prompt, an answer or a key can be read, in any spelling. */
  const expectNothingReadable = (): void => {
    const folders = ['state', 'tmp', 'data'].map((name) => at(name)).filter((folder) => existsSync(folder));
    const bytes = folders.map(everyFile).join('\n');
    for (const mark of MARKS)
      for (const text of [mark, Buffer.from(mark, 'utf16le').toString('latin1'), Buffer.from(mark).toString('base64')])
        expect(bytes.includes(text), text).toBe(false);
  };

  it.each(BATCH_WIRES)('covers batches of $wire, killed at each step, and log rekey their files', async (one) => {
    const { wire, steps, model } = one;
    stage = aiStage();
    const left = [...steps];
    let atStep: (step: BatchStep) => void = () => undefined;
    const fake = await stage.fake({ wire, batches: { looks: 2, onStep: (step) => atStep(step) } });
    writeBatchRun(stage, wire, model, fake);
    for (const name of ['first', 'second']) stage.write(name, randomBytes(32).toString('base64'));
    mkdirSync(at('tmp'));
    encrypted('{ key: { file: ./first } }');
    const env = { TMPDIR: at('tmp') };
    const seen = new Set<string>();
    let last: { readonly exit: number | string | null; readonly stderr: string } = { exit: null, stderr: '' };
    for (let run = 0; run < steps.length + 2 && last.exit !== 0; run++) {
      const child = startCli(BATCH_RUN, { cwd: stage.cwd, env });
      const ended = resultOf(child);
      atStep = (step) => {
        if (left[0] !== step) return;
        left.shift();
        atStep = () => undefined;
        child.kill('SIGKILL');
      };
      last = await ended;
      expectNothingReadable();
      for (const name of batchFiles()) {
        const content = readFileSync(at('state', 'batches', name));
        if (content.length === 0) continue;
        expect(isSealedFile(content), name).toBe(true);
        seen.add(name.replace(/^[^.]*/, ''));
      }
      if (left.length !== 1) continue;
      // Requests are out, and what is written about them is encrypted with another key.
      encrypted('{ key: { file: ./second }, old_keys: [{ file: ./first }] }');
      const rekeyed = await runCli(['log', 'rekey'], { cwd: stage.cwd });
      expect(rekeyed, rekeyed.stderr).toMatchObject({
        exit: 0,
        stderr: expect.stringMatching(/[123] files? of batches/) as string,
      });
      encrypted('{ key: { file: ./second } }');
    }
    expect(last.exit, last.stderr).toBe(0);
    expect(left, 'steps at which it was not killed').toEqual([]);
    expect([...seen]).toContain('.jsonl');
    expect(batchFiles()).toEqual([]);
    await expectWhole(stage, fake);
  });

  it('encrypts with log rekey what was written before it was on, while batches are out', async () => {
    stage = aiStage();
    let looks = Infinity;
    let sent = (): void => undefined;
    const batches = {
      get looks() {
        return looks;
      },
      onStep(step: BatchStep) {
        if (step === 'submit') sent();
      },
    };
    const fake = await stage.fake({ batches });
    writeBatchRun(stage, 'openai', 'gpt-4o-mini', fake);
    mkdirSync(at('tmp'));
    stage.write('first', randomBytes(32).toString('base64'));
    stage.write('second', randomBytes(32).toString('base64'));
    const sending = new Promise<void>((resolve) => (sent = resolve));
    const child = startCli(BATCH_RUN, { cwd: stage.cwd });
    const ended = resultOf(child);
    await sending;
    child.kill('SIGINT');
    expect((await ended).exit).toBe(130);
    const readable = everyFile(at('state', 'batches'));
    expect(readable).toContain('row 1');

    encrypted('{ key: { file: ./first } }');
    const check = await runCli(['check'], { cwd: stage.cwd });
    expect(check.exit, check.stderr).toBe(0);
    expect((await runCli(['log', 'rekey'], { cwd: stage.cwd })).stderr).toMatch(/\d files? of batches/);
    expect(everyFile(at('state', 'batches'))).not.toMatch(/row \d/);
    const batchless = await runCli(['journal', 'batches', '--format', 'json'], { cwd: stage.cwd });
    expect(batchless.stdout).toContain('"state":"submitted"');
    looks = 0;
    const result = await stage.run(BATCH_RUN);
    expect(result.exit, result.stderr).toBe(0);
    await expectWhole(stage, fake);
    expectNothingReadable();
  });

  it('covers the batches of a daemon, killed while some are out', async () => {
    stage = aiStage();
    let looks = Infinity;
    const fake = await stage.fake({
      batches: {
        get looks() {
          return looks;
        },
      },
    });
    mkdirSync(at('tmp'));
    stage.write('first', randomBytes(32).toString('base64'));
    const request = '{ model: gpt-4o-mini, prompt: "${/q}", max_tokens: 60 }';
    const asking = `{ into: /a, request: ${request}, lane: batch, max_batch: 10, max_wait: 1s }`;
    const providers = configOf({ openai: providerOf(fake) }, { stages: [asking] }).replace('state_dir: ./state\n', '');
    const outputs = '    outputs: [{ file: ./out.ndjson }]\n    dead_letter: ./dead.ndjson\n';
    const config = `storage: { encryption: { key: { file: ./first } } }\n${providers}${outputs}`;
    const start = async (): Promise<TestDaemon> =>
      await startDaemon(config, { cwd: stage.cwd, env: { TMPDIR: at('tmp') } });
    const rows = Array.from({ length: 25 }, (_, n) => `row ${n}`);
    const output = (): readonly string[] =>
      existsSync(at('out.ndjson')) ? stage.read('out.ndjson').split('\n').slice(0, -1) : [];

    const first = await start();
    const body = rows.slice(0, 20).map((q) => JSON.stringify({ q }));
    expect((await postLines(`${first.url}/events`, body.join('\n'))).status).toBe(202);
    await until(() => fake.batches.length === 2, 'two batches are out');
    await first.end('SIGKILL');
    const left = batchFiles().map((name) => readFileSync(at('state', 'batches', name)));
    expect(left.map((content) => content.length === 0 || isSealedFile(content))).toEqual(left.map(() => true));
    expectNothingReadable();

    looks = 0;
    const second = await start();
    const rest = rows.slice(20).map((q) => JSON.stringify({ q }));
    expect((await postLines(`${second.url}/events`, rest.join('\n'))).status).toBe(202);
    await until(() => output().length === rows.length, 'all are answered');
    expect(await second.end()).toBe(0);
    const answers = output().map(
      (line) => JSON.parse(line) as { readonly q: string; readonly a: { response: string } },
    );
    expect(answers.map(({ q, a }) => [q, a.response])).toEqual(rows.map((q) => [q, q.toUpperCase()]));
    expect(fake.batches.map((batch) => batch.rows.length)).toEqual([10, 10, 5]);
    expect(fake.records).toHaveLength(rows.length);
    expect(batchFiles()).toEqual([]);
    expectNothingReadable();
  });
});
