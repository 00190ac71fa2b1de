import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DaemonAccess } from '../../../src/jobs/daemon/access.js';
import type { ServePlan } from '../../../src/jobs/serve-plan.js';
import { StateFolder } from '../../../src/jobs/daemon/upkeep/state-folder.js';
import { openTalk } from '../../../src/cli/serve/talk.js';
import { createToken, tokenFolderOf } from '../../../src/server/access/index.js';
import { runCli, scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until, type TestDaemon } from '../../support/daemon.js';
import { each, someOf } from '../../support/runs.js';

const CONFIG = `
storage: { disk_path: ./data }
pipelines:
  default:
    outputs: [{ file: ./out/events.ndjson }]
`;

interface Health {
  readonly components: readonly { readonly name: string; readonly status: string; readonly error?: string }[];
}

const output = ({ cwd }: TestDaemon): number[] => {
  const file = join(cwd, 'out/events.ndjson');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);
};

const data = ({ cwd }: TestDaemon): string => join(cwd, 'data');
const state = ({ cwd }: TestDaemon): string => join(cwd, 'state');

async function health({ url }: TestDaemon): Promise<Health> {
  return (await (await fetch(`${url}/health`)).json()) as Health;
}

async function partOf(daemon: TestDaemon, name: string): Promise<Health['components'][number] | undefined> {
  return (await health(daemon)).components.find((one) => one.name === name);
}

/** Sends numbered events one by one; those that were acknowledged are remembered, and each is one of the daemon's. */
class Client {
  readonly acknowledged: number[] = [];
  #next = 0;
  #isOn = false;
  #work = Promise.resolve();

  constructor(private readonly daemon: TestDaemon) {}

  /** @returns the answer's status */
  async send(headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const n = this.#next++;
    const { status } = await post(`${this.daemon.url}/events`, { n }, headers);
    if (status === 202) this.acknowledged.push(n);
    return status;
  }

  start(): void {
    this.#isOn = true;
    this.#work = (async () => {
      while (this.#isOn) await this.send();
    })();
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#work;
  }
}

/** A daemon that has processed a few events. */
async function working(config = CONFIG): Promise<{ daemon: TestDaemon; client: Client }> {
  const daemon = await startDaemon(config);
  const client = new Client(daemon);
  for (let n = 0; n < 5; n++) expect(await client.send()).toBe(202);
  await until(() => output(daemon).length === 5, 'the first events are out');
  return { daemon, client };
}

/** All that lies in a folder, with its content. */
function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );
}

const CHANGES: Readonly<
  Record<string, { readonly make: (daemon: TestDaemon) => void; readonly words: string; readonly toClients: string }>
> = {
  removed: {
    make: (daemon) => rmSync(data(daemon), { recursive: true }),
    words: 'the folder is gone',
    toClients: 'is gone',
  },
  'moved away': {
    make: (daemon) => renameSync(data(daemon), join(daemon.cwd, 'elsewhere')),
    words: 'the folder is gone',
    toClients: 'is gone',
  },
  'moved away, and one made in its place': {
    make(daemon) {
      renameSync(data(daemon), join(daemon.cwd, 'elsewhere'));
      mkdirSync(data(daemon));
      writeFileSync(join(data(daemon), 'mine.txt'), 'a file of somebody else');
    },
    words: 'another folder has taken the place',
    toClients: 'was replaced',
  },
  'replaced by a copy of itself': {
    make(daemon) {
      renameSync(data(daemon), join(daemon.cwd, 'elsewhere'));
      cpSync(join(daemon.cwd, 'elsewhere'), data(daemon), {
        recursive: true,
        filter: (path) => !path.includes('/lock.s-'),
      });
    },
    words: 'another folder has taken the place',
    toClients: 'was replaced',
  },
  emptied: {
    make(daemon) {
      for (const name of readdirSync(data(daemon))) rmSync(join(data(daemon), name), { recursive: true });
    },
    words: 'its lock was removed',
    toClients: 'has lost its files',
  },
};

describe.concurrent.each(someOf(Object.entries(CHANGES), 2))('a data folder that is %s under a daemon', (_, change) => {
  it('takes no event more, says why, is left alone, and what was acknowledged is processed', async () => {
    const { daemon, client } = await working();
    client.start();
    change.make(daemon);
    const foreign = existsSync(data(daemon)) ? contentOf(data(daemon)) : undefined;
    const told = await daemon.says('the stored log is not where it was');
    expect(told).toMatchObject({ level: 'error', reason: expect.stringContaining(change.words) as string });
    await client.stop();
    expect(await client.send()).toBe(503);

    const { url } = daemon;
    const refused = await post(`${url}/events`, { n: -1 });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({
      error: 'Storage unavailable',
      message: expect.stringMatching(`storage.disk_path.*${change.toClients}.*restart`) as string,
    });
    expect((await postLines(`${url}/events`, '{"n":-1}\n')).status).toBe(503);
    expect((await fetch(`${url}/events`)).status).toBe(503);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain(change.words);
    expect(await partOf(daemon, 'storage')).toMatchObject({
      status: 'unhealthy',
      error: expect.stringContaining(change.words) as string,
    });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('colloquium_folder_away{folder="log"} 1');

    await until(() => output(daemon).length >= client.acknowledged.length, 'what was acknowledged is out');
    expect(await daemon.end()).toBe(74);
    expect(output(daemon)).toEqual(client.acknowledged);
    const ended = await daemon.says('the daemon ends without one of its folders');
    expect(ended['reason']).toContain('all acknowledged events are processed');
    expect(daemon.said().filter(({ msg }) => msg.includes('not where it was'))).toHaveLength(1);
    expect(existsSync(data(daemon)) ? contentOf(data(daemon)) : undefined).toEqual(foreign);
  });
});

describe.concurrent('a data folder that was moved away from a daemon', () => {
  it('and comes back is gone on with, and nothing is lost or doubled', async () => {
    const { daemon, client } = await working();
    const away = join(daemon.cwd, 'elsewhere');
    client.start();
    for (const round of [1, 2]) {
      renameSync(data(daemon), away);
      await until(async () => (await partOf(daemon, 'storage'))?.status === 'unhealthy', `it is missed (${round})`);
      const before = client.acknowledged.length;
      renameSync(away, data(daemon));
      await until(() => client.acknowledged.length > before + 5, 'events are taken again');
    }
    await client.stop();
    await daemon.says('the stored log is back');
    expect(await partOf(daemon, 'storage')).toMatchObject({ status: 'healthy' });
    expect(await daemon.end()).toBe(0);
    expect(output(daemon)).toEqual(client.acknowledged);
    expect((await runCli(['log', 'verify'], { cwd: daemon.cwd })).exit).toBe(0);
  });

  it('takes an event once whose key was refused meanwhile', async () => {
    const { daemon, client } = await working();
    const away = join(daemon.cwd, 'elsewhere');
    const sent = (): Promise<Response> => post(`${daemon.url}/events`, { n: 5 }, { 'idempotency-key': 'five' });
    renameSync(data(daemon), away);
    expect((await sent()).status).toBe(503);
    await daemon.says('not where it was');
    renameSync(away, data(daemon));
    await daemon.says('is back');
    expect([(await sent()).status, (await sent()).status]).toEqual([202, 202]);
    expect(await daemon.end()).toBe(0);
    expect(output(daemon)).toEqual([...client.acknowledged, 5]);
  });

  each(1)([
    ['its output could not be opened', false],
    ['its open output was removed', true],
  ])('has what a pipeline could not process as %s: its end says how many events', async (_, isOpen) => {
    const daemon = await startDaemon(CONFIG.replace('./out/events.ndjson', './out/blocked/events.ndjson'));
    if (isOpen) await until(() => existsSync(join(daemon.cwd, 'out/blocked/events.ndjson')), 'the output is open');
    const client = new Client(daemon);
    rmSync(join(daemon.cwd, 'out'), { recursive: true, force: true });
    writeFileSync(join(daemon.cwd, 'out'), 'no folder: the output cannot be opened');
    for (let n = 0; n < 7; n++) expect(await client.send()).toBe(202);
    await until(async () => (await partOf(daemon, 'stream_engine'))?.status === 'degraded', 'the pipeline waits');
    renameSync(data(daemon), join(daemon.cwd, 'elsewhere'));
    await daemon.says('not where it was');
    expect(await daemon.end()).toBe(74);
    const { reason } = await daemon.says('the daemon ends without one of its folders');
    expect(reason).toMatch(/7 acknowledged events are not processed \(segment \d+, byte \d+ to segment 1, byte \d+\)/);

    rmSync(join(daemon.cwd, 'out'));
    renameSync(join(daemon.cwd, 'elsewhere'), data(daemon));
    const next = await startDaemon(CONFIG, { cwd: daemon.cwd });
    await until(() => output(next).length === 7, 'they are processed');
    expect(await next.end()).toBe(0);
    expect(output(next)).toEqual(client.acknowledged);
  });
});

describe.concurrent('a state folder that is removed, moved or replaced under a daemon', () => {
  each(1)(['removed', 'replaced'])('(%s) keeps events stored and unprocessed, and is left alone', async (how) => {
    const { daemon, client } = await working();
    if (how === 'removed') rmSync(state(daemon), { recursive: true });
    else {
      renameSync(state(daemon), join(daemon.cwd, 'elsewhere'));
      mkdirSync(join(state(daemon), 'checkpoints'), { recursive: true });
    }
    const words = how === 'removed' ? 'the state folder is gone' : 'another folder has taken the place';
    const told = await daemon.says('the state folder is not where it was');
    expect(told['reason']).toContain(words);
    expect(await client.send()).toBe(202);
    await until(async () => (await partOf(daemon, 'stream_engine'))?.status === 'degraded', 'the pipeline waits');
    expect(await partOf(daemon, 'state')).toMatchObject({ status: 'unhealthy' });
    expect((await partOf(daemon, 'state'))?.error).toContain(words);
    expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain('colloquium_folder_away{folder="state"} 1');
    expect(await daemon.end()).toBe(74);
    expect((await daemon.says('the daemon ends without one of its folders'))['reason']).toContain(words);
    if (how === 'removed') expect(existsSync(state(daemon))).toBe(false);
    else expect(Object.keys(contentOf(state(daemon)))).toEqual([]);
    const events = await runCli(['log', 'tail', '-n', '100'], { cwd: daemon.cwd });
    expect(events.stdout.trim().split('\n')).toHaveLength(client.acknowledged.length);
  });

  it('and comes back is gone on with, and nothing is lost or doubled', async () => {
    const { daemon, client } = await working();
    renameSync(state(daemon), join(daemon.cwd, 'elsewhere'));
    await daemon.says('the state folder is not where it was');
    for (let n = 0; n < 3; n++) expect(await client.send()).toBe(202);
    await until(async () => (await partOf(daemon, 'stream_engine'))?.status === 'degraded', 'the pipeline waits');
    renameSync(join(daemon.cwd, 'elsewhere'), state(daemon));
    await daemon.says('the state folder is back');
    await until(async () => (await partOf(daemon, 'stream_engine'))?.status === 'healthy', 'the pipeline goes on');
    expect(await client.send()).toBe(202);
    expect(await daemon.end()).toBe(0);
    expect(output(daemon)).toEqual(client.acknowledged);
  });

  it('lets in nobody who was not let in before, whatever is in its place', async () => {
    const folder = join(scratch(), 'state');
    const plan = { stateFolder: folder, access: { openness: 'locally', tokens: [] } } as unknown as ServePlan;
    await createToken(tokenFolderOf(folder), { name: 'a client', role: 'ingest', created: 0 });
    const held = new StateFolder(folder);
    const access = await DaemonAccess.open(() => plan, held, await openTalk({ level: 'error', format: 'json' }));
    const letsIn = async (): Promise<[string, number]> => {
      await access.refresh();
      const { open, created } = access.rules();
      return [open, created.size];
    };
    expect(await letsIn()).toEqual(['no', 1]);
    rmSync(folder, { recursive: true });
    expect(await letsIn()).toEqual(['no', 1]);
    mkdirSync(folder);
    expect(await letsIn()).toEqual(['no', 1]);
    held.release();
  });
});
