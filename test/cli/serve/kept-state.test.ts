import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metadataText } from '../../../src/event/index.js';
import { Log, nodeWorld } from '../../../src/log/index.js';
import { resultOf, startCli } from '../../support/cli.js';
import { postLines, startDaemon, until, type LogLine, type TestDaemon } from '../../support/daemon.js';
import { backlogOf } from './across.js';
import { each } from '../../support/runs.js';

const DEDUPE = '{ dedupe: $input }';
const BATCH = '{ batch: { size: 2 } }';
const PLAIN = '{ computo: $input }';

const KEEPS = 'still keep events that are in no output yet';
const FORGOTTEN = 'what a stage knew of the events before is forgotten';
const LOST = 'what the stages knew of the events before is lost';

const configOf = (stages: readonly string[], name = 'default'): string =>
  `pipelines: { ${name}: { stages: [${stages.join(', ')}], outputs: [{ file: ./out.ndjson }] } }`;

function output(cwd: string): string {
  const path = join(cwd, 'out.ndjson');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function send({ url }: TestDaemon, lines: string, pipeline = 'default'): Promise<void> {
  expect((await postLines(`${url}/events/${pipeline}`, lines)).status).toBe(202);
}

const comesOut = (cwd: string, text: string): Promise<void> => until(() => output(cwd) === text, `${text} is out`);

/** A daemon to which events were sent that are all with its stages now, or out. */
async function started(stages: readonly string[], lines: string, cwd?: string): Promise<TestDaemon> {
  const daemon = await startDaemon(configOf(stages), cwd === undefined ? {} : { cwd });
  await send(daemon, lines);
  await until(async () => (await backlogOf(daemon)) === 0, 'all were read');
  return daemon;
}

/** The folder of what stages know. */
function stateOf(cwd: string): string {
  const folder = join(cwd, 'state/state');
  const [name = '', ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  return join(folder, name);
}

const told = (daemon: TestDaemon, words: string): readonly LogLine[] =>
  daemon.said().filter(({ msg, error }) => msg.includes(words) || String(error).includes(words));

async function writesConfig(daemon: TestDaemon, text: string): Promise<void> {
  const file = join(daemon.cwd, 'colloquium.yaml');
  const [head = ''] = readFileSync(file, 'utf8').split('\npipelines:');
  const before = told(daemon, 'is in use').length;
  writeFileSync(file, `${head}\n${text}`);
  daemon.child.kill('SIGHUP');
  await until(() => told(daemon, 'is in use').length > before, 'the config is in use');
}

describe('stages of a daemon that keep events', () => {
  each(1)(['a reload', 'SIGTERM', 'SIGKILL'] as const)(
    'are not taken out before these are out, even where no other stage keeps anything: %s',
    async (how) => {
      let daemon = await started([BATCH], '1');
      const { cwd } = daemon;
      if (how === 'a reload') await writesConfig(daemon, configOf([PLAIN]));
      else {
        // Else it is read once more, and out as it is: nothing is lost.
        await until(
          () => stateOf(cwd) !== '' && checkpointText(cwd).includes('"version":1'),
          'it is in the checkpoint',
        );
        await daemon.end(how);
        daemon = await startDaemon(configOf([PLAIN]), { cwd });
      }
      const said = await daemon.says('processing failed');
      expect(said['error']).toContain(`${KEEPS}: 1 in batch-1`);
      expect(said['hint']).toContain(`remove ${stateOf(cwd)} to lose them`);
      await send(daemon, '2');
      await daemon.end();
      expect(output(cwd)).toBe('');

      const back = await startDaemon(configOf([BATCH]), { cwd });
      await comesOut(cwd, '[1,2]\n');
      expect(await back.end()).toBe(0);
    },
  );

  it('can be lost by removing what the message names, which is told once', async () => {
    const first = await started([BATCH], '1');
    const { cwd } = first;
    await first.end();
    const refused = await startDaemon(configOf([PLAIN]), { cwd });
    await refused.says('processing failed');
    rmSync(stateOf(cwd), { recursive: true });
    // It tries again by itself.
    await refused.says(LOST);
    await send(refused, '2');
    await comesOut(cwd, '2\n');
    await refused.end();
    expect(readdirSync(join(cwd, 'state/state'))).toEqual([]);

    const later = await started([PLAIN], '3', cwd);
    await comesOut(cwd, '2\n3\n');
    expect(told(later, LOST)).toEqual([]);
    expect(await later.end()).toBe(0);
  });

  it('can be lost where a stage that keeps anything remains, too, and with the former stages', async () => {
    const first = await started([BATCH], '1');
    const { cwd } = first;
    await first.end();
    const refused = await startDaemon(configOf(['{ batch: { size: 3 } }']), { cwd });
    await refused.says('processing failed');
    await refused.end();
    rmSync(stateOf(cwd), { recursive: true });
    const back = await started([BATCH], '2\n3', cwd);
    await back.says(LOST);
    await comesOut(cwd, '[2,3]\n');
    await back.end();
    const other = await started(['{ batch: { size: 3 } }'], '4\n5\n6', cwd);
    await comesOut(cwd, '[2,3]\n[4,5,6]\n');
    expect(told(other, LOST)).toEqual([]);
    expect(await other.end()).toBe(0);
  });

  it('of a pipeline that was renamed are told of, with how many events they keep', async () => {
    const first = await started([BATCH], '1');
    const { cwd } = first;
    await writesConfig(first, configOf([PLAIN], 'other'));
    const words = 'a pipeline that is not in the config any more still keeps events';
    expect(await first.says(words)).toMatchObject({ pipeline: 'default', events: 1, folder: stateOf(cwd) });
    await first.end();
    const second = await startDaemon(configOf([PLAIN], 'other'), { cwd });
    expect(await second.says(words)).toMatchObject({ level: 'warn', pipeline: 'default', events: 1 });
    await second.end();

    const back = await started([BATCH], '2', cwd);
    await comesOut(cwd, '[1,2]\n');
    expect(told(back, words)).toEqual([]);
    await back.end();
    const renamed = await startDaemon(configOf([PLAIN], 'other'), { cwd });
    expect(told(renamed, words)).toEqual([]);
    expect(await renamed.end()).toBe(0);
  });

  it('that can be read no more say how to go on', async () => {
    const first = await started([DEDUPE], '"1234567890"');
    const { cwd } = first;
    await first.end();
    const state = join(stateOf(cwd), 'data.mdb');
    const bytes = readFileSync(state);
    for (let at = bytes.indexOf('1234'); at !== -1; at = bytes.indexOf('1234', at)) bytes.write('9', at);
    writeFileSync(state, bytes);
    const second = await startDaemon(configOf([DEDUPE]), { cwd });
    const said = await second.says('processing failed');
    expect(said['error']).toContain('is damaged');
    expect(said['hint']).toContain(`remove ${stateOf(cwd)}`);
    rmSync(stateOf(cwd), { recursive: true });
    await second.says(LOST);
    await send(second, '"1234567890"');
    await comesOut(cwd, '"1234567890"\n"1234567890"\n');
    expect(await second.end()).toBe(0);
  });
});

describe('what stages of a daemon know', () => {
  it('is forgotten when the last of them is taken out, and told', async () => {
    const first = await started([DEDUPE], '1\n1');
    const { cwd } = first;
    await first.end();
    const second = await started([PLAIN], '1', cwd);
    expect(await second.says(FORGOTTEN)).toMatchObject({ level: 'warn', pipeline: 'default', stage: 'dedupe-1' });
    await comesOut(cwd, '1\n1\n');
    await second.end();
    const third = await started([DEDUPE], '1\n1', cwd);
    await comesOut(cwd, '1\n1\n1\n');
    expect(told(third, FORGOTTEN)).toEqual([]);
    expect(await third.end()).toBe(0);
  });

  it('is kept when others are changed, come, go or change places', async () => {
    const first = await started([DEDUPE, '{ fold: number, into: /n }', BATCH], '{"a":1}\n{"a":2}\n{"a":3}');
    const { cwd } = first;
    await comesOut(cwd, '[{"a":1,"n":1},{"a":2,"n":2}]\n');
    await first.end();
    const other = ['{ dedupe: /a }', '{ dedupe: /n }', BATCH, '{ fold: number, into: /n }'];
    const refused = await startDaemon(configOf([...other.slice(0, 2), other[3] ?? '']), { cwd });
    expect((await refused.says('processing failed'))['error']).toContain(`${KEEPS}: 1 in batch-3`);
    await refused.end();
    // The batch that is open is kept, and so is the number, of batches now.
    const second = await started(
      [DEDUPE, BATCH, '{ computo: "{rows: $input}" }', other[3] ?? ''],
      '{"a":1}\n{"a":4}',
      cwd,
    );
    await comesOut(cwd, '[{"a":1,"n":1},{"a":2,"n":2}]\n{"rows":[{"a":3,"n":3},{"a":4}],"n":4}\n');
    expect(told(second, FORGOTTEN)).toEqual([]);
    await second.end();
    const third = await started([BATCH, '{ computo: "{rows: $input}" }', other[3] ?? ''], '{"a":1}\n{"a":4}', cwd);
    await until(() => output(cwd).endsWith('{"rows":[{"a":1},{"a":4}],"n":5}\n'), 'the number goes on');
    expect(told(third, FORGOTTEN)).toMatchObject([{ stage: 'dedupe-1' }]);
    expect(await third.end()).toBe(0);
  });

  each(1)([
    ['dedupe', (keys: number) => `{ dedupe: $input, max_keys: ${keys} }`],
    [
      'fold',
      (keys: number) =>
        `{ fold: { by: $input, step: '[1, if $inputs/2 == 1 then 0 else $input]', max_keys: ${keys} } }, { filter: '$input > 0' }`,
    ],
    ['throttle', (keys: number) => `{ throttle: 1/1000000h, by: $input, max_keys: ${keys} }`],
  ])('is kept by another bound, and a lower one forgets the oldest: %s', async (_, stage) => {
    const first = await started([stage(3)], '1\n2\n3\n4');
    const { cwd } = first;
    await first.says('had to forget');
    await first.end();
    const raised = await started([stage(10)], '2\n1\n5', cwd);
    await comesOut(cwd, '1\n2\n3\n4\n1\n5\n');
    expect(told(raised, FORGOTTEN)).toEqual([]);
    await raised.end();
    const lowered = await started([stage(2)], '5', cwd);
    await lowered.says('had to forget');
    await send(lowered, '2\n5');
    await comesOut(cwd, '1\n2\n3\n4\n1\n5\n2\n');
    expect(await lowered.end()).toBe(0);
  });

  it('of batches and windows is kept by another bound', async () => {
    const batches = (keys: number): string => `{ batch: { size: 2, by: $input, max_keys: ${keys} } }`;
    const first = await started([batches(10)], '1\n2\n3');
    const { cwd } = first;
    await first.end();
    // The newest stays open.
    const lowered = await started([batches(1)], '4', cwd);
    await comesOut(cwd, '[1]\n[2]\n[3]\n');
    await lowered.end();
    const raised = await started([batches(10)], '5\n4', cwd);
    await comesOut(cwd, '[1]\n[2]\n[3]\n[4,4]\n');
    await raised.end();
    rmSync(stateOf(cwd), { recursive: true });
    rmSync(join(cwd, 'out.ndjson'));

    const windows = (max: number): string =>
      `{ aggregate: { every: 1h, time: /t, max_keys: ${max}, max_distinct: ${max}, values: { n: count, d: { distinct: /d } } } }`;
    const second = await started([windows(1)], '{"t":0,"d":1}\n{"t":0,"d":2}', cwd);
    await second.says('had to forget');
    await second.end();
    const third = await started([windows(9)], '{"t":1,"d":3}\n{"t":3600000,"d":3}', cwd);
    await until(() => output(cwd).includes('"n":3,"d":2}'), 'the window goes on');
    expect(await third.end()).toBe(0);
  });
});

describe('a log that is empty when the daemon starts', () => {
  each(1)(['SIGTERM', 'SIGKILL'] as const)(
    'has all that comes processed, though the clock was ahead: %s',
    async (how) => {
      const cwd = await clockWasAhead(PLAIN);
      const second = await startDaemon(configOf([PLAIN]), { cwd });
      expect(await second.says('the log is empty')).toMatchObject({ level: 'warn', pipeline: 'default' });
      // Longer than the former log.
      const long = JSON.stringify('x'.repeat(10_000));
      await send(second, `1\n${long}`);
      await second.end(how);
      const third = await startDaemon(configOf([PLAIN]), { cwd });
      await send(third, '2');
      await comesOut(cwd, `9\n1\n${long}\n2\n`);
      expect(told(third, 'the log is empty')).toEqual([]);
      expect(await third.end()).toBe(0);
    },
  );

  it('goes on with what stages knew, unless the clock was ahead', async () => {
    const first = await started([DEDUPE, BATCH], '1\n2\n3');
    const { cwd } = first;
    await first.end();
    renameSync(join(cwd, 'data'), join(cwd, 'aside'));
    const second = await started([DEDUPE, BATCH], '1\n4', cwd);
    await comesOut(cwd, '[1,2]\n[3,4]\n');
    expect(await second.end()).toBe(0);
  });

  it('begins anew with stages that knew a time that is to come', async () => {
    const stage = '{ dedupe: $input, within: 1h }';
    const cwd = await clockWasAhead(stage);
    const second = await started([stage], '9\n9', cwd);
    await comesOut(cwd, '9\n9\n');
    await second.says('because the clock was ahead then');
    expect(await second.end()).toBe(0);
  });

  it('is not begun while stages keep events of a time that is to come, until these are lost', async () => {
    const cwd = await clockWasAhead('{ batch: { within: 1h } }');
    const refused = await resultOf(startCli(['serve'], { cwd }));
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain('that are in no output yet: 1');
    expect(refused.stderr).toContain(`remove ${stateOf(cwd)} to lose them`);
    rmSync(stateOf(cwd), { recursive: true });
    const second = await started(['{ batch: { within: 1h, size: 1 } }'], '1', cwd);
    await comesOut(cwd, '[1]\n');
    expect(await second.end()).toBe(0);
  });
});

/** A daemon has processed an event that was stored when the clock was a day ahead, and its log was moved aside. */
async function clockWasAhead(stage: string): Promise<string> {
  const first = await startDaemon(configOf([stage]));
  const { cwd } = first;
  await first.end();
  const now = (): number => Date.now() + 24 * 3_600_000;
  const folder = join(cwd, 'data');
  const log = await Log.open(
    { ...nodeWorld(), now },
    { folder, durability: 'fsync', segmentBytesMax: 1 << 20, pack: false, memoryRecordsMax: 0 },
  );
  await log.append([{ data: '9', metadata: metadataText('test', 'default', {}) }]);
  await log.close();
  const second = await startDaemon(configOf([stage]), { cwd });
  await until(async () => (await backlogOf(second)) === 0, 'it was read');
  await second.end();
  renameSync(folder, join(cwd, 'aside'));
  return cwd;
}

function checkpointText(cwd: string): string {
  const folder = join(cwd, 'state/checkpoints');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.checkpoint'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}
