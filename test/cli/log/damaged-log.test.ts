import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeWorld, OPEN_END } from '../../../src/log/index.js';
import { entry, filesIn, openLog } from '../../log/support/log-folder.js';
import { KEYS } from '../../log/support/keys.js';
import { runCli, scratch } from '../../support/cli.js';

/** Bytes of a file's header, of a frame's header, and of an end frame. */
const [HEADER, FRAME_HEADER, END_FRAME] = [128, 36, 52];

/** A folder with an encrypted log, its config and its key: a packed segment of several blocks, one of one block, and the newest. */
async function packedLog(): Promise<{ readonly cwd: string; readonly packed: readonly string[] }> {
  const cwd = scratch();
  writeFileSync(join(cwd, 'first'), Buffer.alloc(32, 'a key of a test').toString('base64'));
  writeFileSync(join(cwd, 'other'), Buffer.alloc(32, 'another key').toString('base64'));
  const config = (key: string): string =>
    `storage: { encryption: { key: { file: ./${key} } }, disk_path: ./data }\nstate_dir: ./state\n`;
  writeFileSync(join(cwd, 'colloquium.yaml'), config('first'));
  writeFileSync(join(cwd, 'wrong.yaml'), config('other'));
  const data = join(cwd, 'data');
  const log = await openLog(data, { segmentBytesMax: 1, pack: true }, nodeWorld(KEYS));
  await log.append([1, 2, 3].map((n) => entry({ n, text: 'x'.repeat(700_000) })));
  await log.append([entry({ n: 4 })]);
  await log.append([entry({ n: 5 })]);
  await log.packed();
  await log.close();
  const packed = (await filesIn(data, '.ndjson.gz.enc')).map(({ path }) => path);
  expect(packed).toHaveLength(2);
  return { cwd, packed };
}

function flip(file: string, at: number): void {
  const content = readFileSync(file);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  writeFileSync(file, content);
}

/** Where the frames of a file start, the end frame last. */
function framesOf(file: string): number[] {
  const content = readFileSync(file);
  const places: number[] = [];
  for (let at = HEADER; at < content.length; at += END_FRAME + content.readUInt32LE(at + 8)) places.push(at);
  return places;
}

describe('log cat', () => {
  it('prints what can be read of a packed encrypted segment, tells what is damaged, and ends with 74', async () => {
    const { cwd, packed } = await packedLog();
    const [many = ''] = packed;
    const cat = (file: string): ReturnType<typeof runCli> => runCli(['log', 'cat', file], { cwd });
    for (const file of packed) {
      const whole = readFileSync(file);
      const all = await cat(file);
      expect([all.exit, all.stdout.includes('"n":'), all.stderr]).toEqual([0, true, '']);
      const frames = framesOf(file);
      for (const [i, at] of frames.entries()) {
        for (const place of [at, at + FRAME_HEADER]) {
          flip(file, place);
          const { exit, stdout, stderr } = await cat(file);
          const what = `${file}: frame ${i}, byte ${place}`;
          expect([exit, stderr], what).toEqual([74, expect.stringContaining(`${file}: byte `)]);
          if (i < frames.length - 1) expect(stderr, what).toContain(`byte ${at} of the file`);
          // The last two hold no lines.
          if (i >= frames.length - 2) expect(stdout === all.stdout, what).toBe(true);
          else expect([stdout.length < all.stdout.length, stdout !== ''], what).toEqual([true, file === many]);
          writeFileSync(file, whole);
        }
      }
      truncateSync(file, frames.at(-1));
      const cut = await cat(file);
      expect([cut.exit, cut.stderr]).toEqual([74, expect.stringContaining('has no end here')]);
      expect(cut.stdout === all.stdout).toBe(true);
      writeFileSync(file, whole);
    }
    const [newest] = (await filesIn(join(cwd, 'data'), '.ndjson.enc')).map(({ path }) => path);
    expect(await cat(newest ?? '')).toMatchObject({ exit: 0, stderr: '' });
  });

  it('tells that a file ends early, as far as the folder knows, and else that nothing says where it ends', async () => {
    const { cwd } = await packedLog();
    const cat = (file: string): ReturnType<typeof runCli> => runCli(['log', 'cat', file], { cwd });
    const log = await openLog(join(cwd, 'data'), { segmentBytesMax: 500 }, nodeWorld(KEYS));
    for (const n of [6, 7, 8, 9]) await log.append([entry({ n, text: 'x'.repeat(60) })]);
    const files = (await filesIn(join(cwd, 'data'), '.ndjson.enc')).map(({ path }) => path);
    const [older = '', newest = ''] = [files.at(-2), files.at(-1)];
    // Its writer is at it.
    expect(await cat(newest)).toMatchObject({ exit: 0, stderr: '' });
    await log.close();
    mkdirSync(join(cwd, 'elsewhere'));
    for (const file of [older, newest]) {
      const whole = readFileSync(file);
      const frames = framesOf(file);
      for (const at of frames.slice(0, file === newest ? undefined : -1)) {
        writeFileSync(file, whole.subarray(0, at));
        const isWhole = file === newest && at === frames.at(-1);
        const { exit, stderr } = await cat(file);
        expect([exit, stderr], `${file} at ${at}`).toEqual(
          isWhole ? [0, ''] : [74, expect.stringMatching(`${file}: byte \\d+: .*(acknowledged up to|has no end here)`)],
        );
        const copy = join(cwd, 'elsewhere', basename(file));
        copyFileSync(file, copy);
        expect(await cat(copy)).toMatchObject({ exit: 0, stderr: `colloquium: ${copy}: ${OPEN_END}\n` });
        rmSync(copy);
      }
      writeFileSync(file, whole);
    }
  });

  it('tells that an output ends with no end frame', async () => {
    const { cwd } = await packedLog();
    const pipelines = 'pipelines: { default: { outputs: [{ file: ./out.ndjson, encrypt: true }] } }\n';
    appendFileSync(join(cwd, 'colloquium.yaml'), pipelines);
    expect((await runCli(['run', '-p', 'default'], { cwd, input: '1\n2\n' })).exit).toBe(0);
    expect(await runCli(['log', 'cat', 'out.ndjson'], { cwd })).toMatchObject({
      exit: 0,
      stdout: '1\n2\n',
      stderr: '',
    });
    const out = join(cwd, 'out.ndjson');
    truncateSync(out, framesOf(out).at(-1));
    const { exit, stdout, stderr } = await runCli(['log', 'cat', 'out.ndjson'], { cwd });
    expect([exit, stdout, stderr]).toEqual([0, '1\n2\n', `colloquium: ${out}: ${OPEN_END}\n`]);
  });
});

describe('log backup', () => {
  it('of a damaged log is made, tells the damage, and ends with 74', async () => {
    const { cwd, packed } = await packedLog();
    expect(await runCli(['log', 'backup', 'sound'], { cwd })).toMatchObject({ exit: 0 });
    const [, one = ''] = packed;
    flip(one, HEADER + FRAME_HEADER);
    const { exit, stderr } = await runCli(['log', 'backup', 'copy'], { cwd });
    expect([exit, stderr]).toEqual([74, expect.stringContaining(one)]);
    expect(stderr).toContain(`byte ${HEADER} of the file`);
    expect(readdirSync(join(cwd, 'copy'))).toEqual(readdirSync(join(cwd, 'sound')));
  });
});

describe('without its key', () => {
  it('a log is neither backed up nor pruned, and nothing is written or removed', async () => {
    const { cwd } = await packedLog();
    const before = readdirSync(join(cwd, 'data'));
    const wrong = ['-c', 'wrong.yaml'];
    expect(await runCli(['log', 'backup', 'copy', ...wrong], { cwd })).toMatchObject({ exit: 78 });
    expect(existsSync(join(cwd, 'copy'))).toBe(false);
    expect(await runCli(['log', 'prune', '--max-size', '1', ...wrong], { cwd })).toMatchObject({ exit: 78 });
    expect(readdirSync(join(cwd, 'data')).filter((name) => name.includes('.ndjson'))).toEqual(
      before.filter((name) => name.includes('.ndjson')),
    );
  });
});
