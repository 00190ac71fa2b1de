import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { each, someOf } from '../../support/runs.js';
import { configOf, providerOf } from '../ai-stage.js';

const PLAIN = `
pipelines:
  default:
    outputs: [{ file: ./out/events.ndjson }]
`;

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** All numbers in the files of a folder, whatever the files are called. */
function numbersIn(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const texts = readdirSync(folder).map((file) => textOf(join(folder, file)));
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
  return lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** Sends numbered events; every one that is counted was acknowledged. */
class Client {
  count = 0;
  #isOn = false;
  #work = Promise.resolve();

  constructor(private readonly daemon: TestDaemon) {}

  async send(count: number): Promise<void> {
    const lines = Array.from({ length: count }, (_, n) =>
      JSON.stringify({ n: this.count + n, q: `row ${this.count + n}` }),
    );
    const response = await postLines(`${this.daemon.url}/events`, lines.join('\n'));
    expect(response.status).toBe(202);
    this.count += count;
  }

  /** Sends without a pause until told to stop. */
  start(): void {
    this.#isOn = true;
    this.#work = (async () => {
      while (this.#isOn) await this.send(3);
    })();
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#work;
  }
}

const events = (cwd: string): string => join(cwd, 'out/events.ndjson');

const CHANGES: Readonly<
  Record<string, { readonly words: string; readonly make: (daemon: TestDaemon, round: number) => void }>
> = {
  'renamed, recreated, and told by SIGHUP': {
    words: 'renamed',
    make({ cwd, child }, round) {
      renameSync(events(cwd), `${events(cwd)}.${round}`);
      writeFileSync(events(cwd), '');
      child.kill('SIGHUP');
    },
  },
  'renamed and recreated': {
    words: 'renamed',
    make({ cwd }, round) {
      renameSync(events(cwd), `${events(cwd)}.${round}`);
      writeFileSync(events(cwd), '');
    },
  },
  renamed: {
    words: 'renamed',
    make: ({ cwd }, round) => renameSync(events(cwd), `${events(cwd)}.${round}`),
  },
  'renamed, recreated and packed': {
    words: 'renamed',
    make({ cwd }, round) {
      renameSync(events(cwd), `${events(cwd)}.${round}`);
      writeFileSync(events(cwd), '');
      execFileSync('gzip', [`${events(cwd)}.${round}`]);
    },
  },
  'renamed and packed': {
    words: 'renamed',
    make({ cwd }, round) {
      renameSync(events(cwd), `${events(cwd)}.${round}`);
      execFileSync('gzip', [`${events(cwd)}.${round}`]);
    },
  },
  removed: { words: 'removed', make: ({ cwd }) => rmSync(events(cwd)) },
  'removed and recreated': {
    words: 'removed',
    make({ cwd }) {
      rmSync(events(cwd));
      writeFileSync(events(cwd), '');
    },
  },
};

describe.each(someOf(Object.entries(CHANGES), 3))('an output that is %s', (_, { words, make }) => {
  it('while the daemon is idle loses nothing and doubles nothing', async () => {
    const daemon = await startDaemon(PLAIN);
    const client = new Client(daemon);
    const folder = join(daemon.cwd, 'out');
    for (const round of [1, 2]) {
      await client.send(5);
      await until(() => numbersIn(folder).length === client.count, 'they are out');
      const { ino } = statSync(events(daemon.cwd));
      make(daemon, round);
      // Without another event.
      await until(
        () => existsSync(events(daemon.cwd)) && statSync(events(daemon.cwd)).ino !== ino,
        'a new file is there',
      );
      await daemon.says(words);
    }
    await client.send(5);
    expect(await daemon.end()).toBe(0);
    expect(numbersIn(folder)).toEqual(upTo(client.count));
  });

  it('at the moment of a stop loses nothing and doubles nothing', async () => {
    const daemon = await startDaemon(PLAIN);
    const client = new Client(daemon);
    const { cwd } = daemon;
    await client.send(50);
    await until(() => numbersIn(join(cwd, 'out')).length === 50, 'they are out');
    make(daemon, 1);
    expect(await daemon.end()).toBe(0);
    expect(numbersIn(join(cwd, 'out'))).toEqual(upTo(50));
    const second = await startDaemon(PLAIN, { cwd });
    await post(`${second.url}/events`, { n: 50 });
    expect(await second.end()).toBe(0);
    expect(numbersIn(join(cwd, 'out'))).toEqual(upTo(51));
    expect(second.said().filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe.each(someOf(Object.entries(CHANGES), 1))('an output that is %s', (_, { words, make }) => {
  it('while the daemon is loaded loses nothing and doubles nothing', async () => {
    const daemon = await startDaemon(PLAIN);
    const client = new Client(daemon);
    const folder = join(daemon.cwd, 'out');
    client.start();
    for (const round of [1, 2, 3]) {
      const before = client.count;
      await until(() => existsSync(events(daemon.cwd)) && statSync(events(daemon.cwd)).size > 0, 'something is in it');
      make(daemon, round);
      await until(() => client.count > before + 60, 'more are sent');
      await until(() => daemon.said().filter(({ msg }) => msg.includes(words)).length >= round, 'it is told');
    }
    await client.stop();
    expect(await daemon.end()).toBe(0);
    expect(numbersIn(folder)).toEqual(upTo(client.count));
  });
});

it.each(someOf(Object.entries(CHANGES), 2))(
  'an output that is %s while AI calls are out loses nothing and doubles nothing',
  async (_, { make }) => {
    const fake = await startFakeProvider({ wire: 'openai', latencyMs: 30 });
    const config = `${configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '')}    outputs: [{ file: ./out/events.ndjson }]\n`;
    const daemon = await startDaemon(config.replace(/q: /, 'n: [$input, /n]\n        q: '));
    const client = new Client(daemon);
    const folder = join(daemon.cwd, 'out');
    const rows = (): string[] =>
      (existsSync(folder) ? readdirSync(folder) : [])
        .flatMap((file) => textOf(join(folder, file)).split('\n').slice(0, -1))
        .map((line) => (JSON.parse(line) as { q: string }).q);
    await client.send(80);
    for (const round of [1, 2, 3]) {
      await until(() => rows().length >= round * 10 && rows().length < 80, 'some are answered, others are not');
      if (existsSync(events(daemon.cwd))) make(daemon, round);
    }
    await until(() => rows().length === 80, 'all are answered');
    expect(await daemon.end()).toBe(0);
    expect(new Set(rows()).size).toBe(80);
    expect(rows().length).toBe(80);
    await fake.close();
  },
);

describe('a daemon', () => {
  each(1)(['renamed', 'renamed and recreated'] as const)(
    'that is killed just after its output was %s doubles nothing',
    async (change) => {
      const cwd = scratch();
      let count = 0;
      for (const round of [1, 2, 3]) {
        const daemon = await startDaemon(PLAIN, { cwd });
        const client = new Client(daemon);
        client.count = count;
        client.start();
        await until(() => client.count > count + 30 && existsSync(events(cwd)), 'some are sent');
        CHANGES[change]?.make(daemon, round);
        const ended = daemon.end('SIGKILL');
        await client.stop().catch(() => undefined);
        await ended;
        count = client.count + 3;
      }
      const daemon = await startDaemon(PLAIN, { cwd });
      await post(`${daemon.url}/events`, { n: count });
      expect(await daemon.end()).toBe(0);
      const numbers = numbersIn(join(cwd, 'out'));
      expect(new Set(numbers).size, 'no event twice').toBe(numbers.length);
      // The request that the kill cut off may or may not have been stored.
      expect(numbers.length).toBeGreaterThanOrEqual(count - 9);
    },
  );

  it('makes the folder of its output again', async () => {
    const daemon = await startDaemon(PLAIN);
    const client = new Client(daemon);
    const folder = join(daemon.cwd, 'out');
    await client.send(5);
    await until(() => numbersIn(folder).length === 5, 'they are out');
    rmSync(folder, { recursive: true });
    await until(() => numbersIn(folder).length === 5, 'they are there again');
    await client.send(5);
    expect(await daemon.end()).toBe(0);
    expect(numbersIn(folder)).toEqual(upTo(10));
  });

  it('goes on behind what copytruncate leaves, and writes nothing twice', async () => {
    const daemon = await startDaemon(PLAIN);
    const client = new Client(daemon);
    const folder = join(daemon.cwd, 'out');
    await client.send(5);
    await until(() => numbersIn(folder).length === 5, 'they are out');
    copyFileSync(events(daemon.cwd), `${events(daemon.cwd)}.1`);
    truncateSync(events(daemon.cwd));
    await daemon.says('shortened');
    await client.send(5);
    await until(() => numbersIn(folder).length === 10, 'more are out');
    expect(await daemon.end('SIGKILL')).toBe('SIGKILL');
    const second = await startDaemon(PLAIN, { cwd: daemon.cwd });
    expect(await second.end()).toBe(0);
    expect(numbersIn(folder)).toEqual(upTo(10));
  });

  it('writes again what was removed while its pipeline was stopped by a failed event', async () => {
    const daemon = await startDaemon(`${PLAIN}    on_error: stop\n    stages: [{ computo: [$input, /n] }]\n`);
    const folder = join(daemon.cwd, 'out');
    await post(`${daemon.url}/events`, { n: { n: 0 } });
    await until(() => numbersIn(folder).length === 1, 'it is out');
    await post(`${daemon.url}/events`, { m: 1 });
    await daemon.says(/stop/);
    rmSync(events(daemon.cwd));
    expect(await daemon.end()).toBe(0);
    expect(numbersIn(folder)).toEqual([0]);
  });

  it('that is killed with nothing left to do leaves what somebody else adds to its output', async () => {
    const first = await startDaemon(PLAIN);
    const { cwd } = first;
    await post(`${first.url}/events`, { n: 1 });
    const folder = join(cwd, 'state/checkpoints');
    const isStored = (file: string): boolean =>
      file.endsWith('.checkpoint') && readFileSync(join(folder, file), 'utf8').includes('"offset":8');
    await until(() => existsSync(folder) && readdirSync(folder).some(isStored), 'the event is in a checkpoint');
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    appendFileSync(events(cwd), '{"n":-1}\n');
    const second = await startDaemon(PLAIN, { cwd });
    expect(await second.says('somebody else wrote to')).toMatchObject({ bytes: 9 });
    await post(`${second.url}/events`, { n: 2 });
    expect(await second.end()).toBe(0);
    expect(textOf(events(cwd))).toBe('{"n":1}\n{"n":-1}\n{"n":2}\n');
  });

  each(2)([
    ['added to', (path: string) => appendFileSync(path, '{"n":-1}\n'), 'somebody else wrote to'],
    ['edited', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"n":99', '"n":98')), 'edited'],
    [
      'replaced',
      (path: string) => {
        renameSync(path, join(path, '../../elsewhere'));
        writeFileSync(path, '{"n":-1}\n');
      },
      'replaced',
    ],
  ] as const)('does not touch an output that was %s while it was stopped', async (_, change, words) => {
    const cwd = scratch();
    const first = await startDaemon(PLAIN, { cwd });
    await new Client(first).send(100);
    expect(await first.end()).toBe(0);
    change(events(cwd));
    const theirs = readFileSync(events(cwd), 'utf8');
    const second = await startDaemon(PLAIN, { cwd });
    await post(`${second.url}/events`, { n: 9 });
    expect(await second.end()).toBe(0);
    await second.says(words);
    expect(readFileSync(events(cwd), 'utf8')).toBe(`${theirs}{"n":9}\n`);
  });

  it('makes dead letters for its user alone, and outputs as everybody does', async () => {
    const daemon = await startDaemon(`${PLAIN}    dead_letter: ./dead.ndjson\n`);
    await post(`${daemon.url}/events`, { n: 1 });
    expect(await daemon.end()).toBe(0);
    const modes = [events(daemon.cwd), join(daemon.cwd, 'dead.ndjson')].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([statSync(join(daemon.cwd, 'colloquium.yaml')).mode & 0o777, 0o600]);
    const run = await runCli(['-e', '["$input"]', '--dead-letter', 'd', '-o', 'o'], { cwd: daemon.cwd, input: '1\n' });
    expect(run.exit).toBe(0);
    expect(statSync(join(daemon.cwd, 'd')).mode & 0o777).toBe(0o600);
  });
});
