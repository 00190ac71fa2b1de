import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';
import { mulberry32 } from '../../support/fake-faults.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { providerOf, REQUEST } from '../ai-stage.js';

/** In events and prompts; in idempotency keys; in answers. Nobody writes these by chance. */
const MARKS = ['quetzalcoatlus', 'hoatzin-key', 'toucan-answer'];

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const LIVES = 12;
const RUN_ROWS = 400;

/** Of three pipelines each event comes out, of `failing` one in ten as a dead letter. */
const SENT_TO = ['asked', 'batched', 'failing'] as const;

const PIPELINES = `pipelines:
  asked:
    stages: [{ ai: { into: /a, request: ${REQUEST} } }]
    outputs: [{ file: ./out/asked.ndjson, encrypt: true, rotate_size: 8000 }]
  batched:
    stages: [{ ai: { into: /a, request: ${REQUEST}, lane: batch, max_batch: 20, max_wait: 500ms } }]
    outputs: [{ file: ./out/batched.ndjson, encrypt: true }]
  failing:
    stages: [{ computo: '{ n: /n, q: /q, r: 1 / (/n % 10 - 3) }' }]
    outputs: [{ file: ./out/failing.ndjson, encrypt: true, rotate_size: 8000 }]
    dead_letter: { file: ./out/dead.ndjson, encrypt: true }
  seen:
    stages: [{ dedupe: /q }]
    outputs: [{ file: ./out/seen.ndjson, encrypt: true }]
`;

/** Runs write a file per key, too. */
const KEYED = `  keyed:
    routing_key: /k
    outputs: [{ file: './out/runs/keyed/{routing_key}.ndjson', encrypt: true }]
`;

const rowOf = (what: string, n: number): string =>
  `${JSON.stringify({ n, k: `${what}${n % 3}`, q: `${MARKS[0] ?? ''} ${what} ${n}` })}\n`;
const rowsOf = (what: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => rowOf(what, from + i)).join('');
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** A mark as it may stand in a file: as text of other widths and cases, and within other bytes as base64 or hexadecimal digits. */
function spellingsOf(mark: string): readonly Buffer[] {
  return [mark, mark.toUpperCase()].flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    // Of three places that it may have, less the characters that depend on what is beside it.
    ...[0, 1, 2].map((before) => {
      const whole = Buffer.from('.'.repeat(before) + text).toString('base64');
      return Buffer.from(whole.slice(before === 0 ? 0 : 4, -4));
    }),
  ]);
}

const SPELLINGS = MARKS.flatMap(spellingsOf);
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/** What the gzip members in a file hold, as far as they are whole. */
function unpackedOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(GZIP_MAGIC); at !== -1; at = bytes.indexOf(GZIP_MAGIC, at + 1)) {
    try {
      found.push(gunzipSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH }));
    } catch {
      // By chance.
    }
  }
  return found;
}

/** Fails for each file below the folders with a mark in it. @returns how many were searched */
function expectNothingReadable(cwd: string, folders: readonly string[]): number {
  let searched = 0;
  for (const folder of folders.map((name) => join(cwd, name)).filter((path) => existsSync(path))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      expect(
        SPELLINGS.some((mark) => path.includes(mark.toString())),
        path,
      ).toBe(false);
      if (!entry.isFile() || !existsSync(path)) continue;
      const bytes = readFileSync(path);
      for (const content of [bytes, ...unpackedOf(bytes)]) {
        const readable = SPELLINGS.find((mark) => content.includes(mark));
        expect(readable?.toString(), path).toBeUndefined();
      }
      searched += 1;
    }
  }
  return searched;
}

/** Of an encrypted output, all that was written, of its rotated files first. */
async function linesOf(cwd: string, name: string, config = 'colloquium.yaml'): Promise<string[]> {
  const folder = join(cwd, 'out', name, '..');
  const stem = name.slice(name.lastIndexOf('/') + 1);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const parts = files.filter((file) => new RegExp(`^${stem}\\.\\d+\\.ndjson$`).test(file)).sort();
  const paths = [...parts, `${stem}.ndjson`].map((file) => join(folder, file)).filter((path) => existsSync(path));
  if (paths.length === 0) return [];
  const { exit, stdout, stderr } = await runCli(['log', 'cat', '-c', config, ...paths], { cwd });
  // What a daemon writes has no end yet.
  expect([exit, stderr.replace(/^.*: no end frame: .*\n/gm, '')], name).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

const numbersOf = (lines: readonly string[]): number[] => lines.map((line) => (JSON.parse(line) as { n: number }).n);
const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

it(`Encryption leaves nothing to be read, and loses and doubles nothing, killed at any moment (SEED=${SEED})`, async () => {
  const random = mulberry32(SEED);
  const fake = await startFakeProvider({
    wire: 'openai',
    latencyMs: 2,
    batches: { looks: 1 },
    reply: ({ texts }) => `${MARKS[2] ?? ''} to ${texts.at(-1) ?? ''}`,
  });
  const cwd = scratch();
  for (const folder of ['tmp', 'in', 'plain', 'out']) mkdirSync(join(cwd, folder));
  const env = { TMPDIR: join(cwd, 'tmp') };
  writeFileSync(join(cwd, 'key'), randomBytes(32).toString('base64'), { mode: 0o600 });
  const storage = 'storage: { encryption: { key: { file: ./key } }, max_file_size: 16384, gzip: true }';
  const shared = `${storage}\nai_providers: { openai: ${providerOf(fake)} }\n${PIPELINES}`;
  const config = `${shared}sources: [{ folder: ./in, pattern: '*.ndjson', pipeline: seen }]\n`;
  const runs = PIPELINES.replaceAll('./out/', './out/runs/') + KEYED;
  writeFileSync(
    join(cwd, 'runs.yaml'),
    `${storage}\nstate_dir: ./runs\nai_providers: { openai: ${providerOf(fake)} }\n${runs}`,
  );
  const searched = ['data', 'state', 'runs', 'out', 'tmp', '.state', '.cache', 'copy'];
  /** Up to which number each pipeline was sent events, all of them acknowledged. */
  const sent = new Map<string, number>(SENT_TO.map((pipeline) => [pipeline, 0]));
  let grown = 0;

  /** Sends numbered events until the daemon is gone; what got no answer is sent again to the next one, with its key. */
  const send = async (url: string, pipeline: string): Promise<void> => {
    for (;;) {
      const n = sent.get(pipeline) ?? 0;
      const key = { 'idempotency-key': `${MARKS[1] ?? ''}-${pipeline}-${n}` };
      const count = n % 3 === 0 ? 5 : 1;
      try {
        const path = `${url}/events/${pipeline}`;
        const answer = await (count === 1
          ? post(path, rowOf(pipeline, n), key)
          : postLines(path, rowsOf(pipeline, n, n + count), key));
        await answer.arrayBuffer();
        expect([202, 429, 503]).toContain(answer.status);
        if (answer.status === 202) sent.set(pipeline, n + count);
        else await sleep(20);
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };
  /** Looks at every page, as the dashboard does. */
  const look = async (url: string): Promise<void> => {
    const pages = [
      '',
      'dead-letters',
      'batches',
      'metrics',
      'health',
      'events?since=0&limit=50',
      'dead-letters/redrive',
    ];
    try {
      for (;;) for (const page of pages) await (await fetch(`${url}/${page}`)).arrayBuffer();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };
  /** What a disk may leave of a write that a power failure has ended: half a frame. */
  const tear = (): void => {
    const files = readdirSync(join(cwd, 'data')).filter((file) => file.endsWith('.ndjson.enc'));
    const last = files.sort().at(-1);
    if (last === undefined) return;
    const bytes = readFileSync(join(cwd, 'data', last));
    appendFileSync(join(cwd, 'data', last), bytes.subarray(128, 128 + Math.floor(random() * 200)));
  };
  const resumed = ['asked', 'keyed'].map((pipeline) => [
    ...['run', '-c', 'runs.yaml', '-p', pipeline, '--resume', 'plain/rows.ndjson', '--no-progress'],
  ]);
  writeFileSync(join(cwd, 'plain/rows.ndjson'), rowsOf('run', 0, RUN_ROWS));
  writeFileSync(join(cwd, 'plain/grown.ndjson'), '');
  const follow = ['run', '-c', 'runs.yaml', '-p', 'failing', '--follow', 'plain/grown.ndjson', '--no-progress'];
  const followed = [...follow, '-o', 'out/followed.ndjson', '--dead-letter', 'out/unfollowed.ndjson'];

  for (const life of upTo(LIVES)) {
    const daemon = await startDaemon(config, { cwd, env });
    const clients = [...SENT_TO.map((pipeline) => send(daemon.url, pipeline)), look(daemon.url)];
    const others = [...resumed, followed].map((args) => {
      const child = startCli(args, { cwd, env });
      return { child, ended: resultOf(child) };
    });
    writeFileSync(join(cwd, 'in', `${life}.ndjson`), rowsOf('seen', life * 40, life * 40 + 60));
    appendFileSync(join(cwd, 'plain/grown.ndjson'), rowsOf('grown', grown, (grown += 30)));
    await sleep(500 + random() * 2500);
    // One after the other, so that each is killed at a moment of its own.
    for (const { child } of others) {
      child.kill('SIGKILL');
      await sleep(random() * 50);
    }
    await daemon.end('SIGKILL');
    await Promise.all([...clients, ...others.map(({ ended }) => ended)]);
    expect(expectNothingReadable(cwd, searched)).toBeGreaterThan(10);
    if (random() < 0.5) tear();
  }

  const daemon = await startDaemon(config, { cwd, env });
  const counts = async (): Promise<readonly number[]> =>
    await Promise.all(
      ['asked', 'batched', 'failing', 'dead'].map(async (name) => (await linesOf(cwd, name).catch(() => [])).length),
    );
  const total = [...sent.values()].reduce((sum, n) => sum + n, 0);
  const isOut = async (): Promise<boolean> => (await counts()).reduce((sum, n) => sum + n, 0) >= total;
  const seen = async (): Promise<number> => (await linesOf(cwd, 'seen').catch(() => [])).length;
  const seenAll = LIVES * 40 + 20;
  await until(async () => (await isOut()) && (await seen()) >= seenAll, 'all are out');
  expect((await runCli(['log', 'backup', 'copy'], { cwd, env })).exit).toBe(0);
  const follower = startCli(followed, { cwd, env });
  const followedLines = async (): Promise<number> => (await linesOf(cwd, 'followed').catch(() => [])).length;
  await until(async () => (await followedLines()) >= (grown * 9) / 10, 'what was appended is out');
  follower.kill();
  await resultOf(follower);
  for (const args of resumed) {
    const { exit, stderr } = await runCli(args, { cwd, env });
    expect(exit, stderr).toBe(0);
  }
  expect(await daemon.end()).toBe(0);

  for (const pipeline of ['asked', 'batched'] as const) {
    expect(numbersOf(await linesOf(cwd, pipeline)), pipeline).toEqual(upTo(sent.get(pipeline) ?? 0));
  }
  const letters = (await linesOf(cwd, 'dead')).map(
    (line) => (JSON.parse(line) as { event: { data: { n: number } } }).event.data.n,
  );
  const failing = [...numbersOf(await linesOf(cwd, 'failing')), ...letters];
  expect(inOrder(failing)).toEqual(upTo(sent.get('failing') ?? 0));
  expect(letters.length).toBeGreaterThan(0);
  expect(inOrder(numbersOf(await linesOf(cwd, 'seen')))).toEqual(upTo(seenAll));
  const keyed = await Promise.all(
    readdirSync(join(cwd, 'out/runs/keyed')).map((file) => linesOf(cwd, `runs/keyed/${file.replace('.ndjson', '')}`)),
  );
  expect(inOrder(numbersOf(keyed.flat()))).toEqual(upTo(RUN_ROWS));
  expect(numbersOf(await linesOf(cwd, 'runs/asked', 'runs.yaml'))).toEqual(upTo(RUN_ROWS));
  expect(numbersOf(await linesOf(cwd, 'followed'))).toEqual(upTo(grown).filter((n) => n % 10 !== 3));
  const verified = await runCli(['log', 'verify'], { cwd, env });
  expect([verified.exit, verified.stderr]).toEqual([0, expect.stringContaining('all are whole')]);
  expectNothingReadable(cwd, searched);
  expect(readdirSync(join(cwd, 'data')).some((file) => file.endsWith('.gz.enc'))).toBe(true);
  expect(fake.deviations).toEqual([]);
  await fake.close();
});
