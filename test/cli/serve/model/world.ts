import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { runCli, scratch } from '../../../support/cli.js';
import { postLines, startDaemon, until, type TestDaemon } from '../../../support/daemon.js';
import { idOf, type Model } from './model.js';

const CONFIG = `
sources: [{ folder: ./in, unfinished_line: 1h }]
pipelines:
  default:
    stages: [{ computo: ["obj", "id", ["$input", "/id"], "next", ["+", ["$input", "/n"], 1]] }]
    outputs: [{ file: ./out/events.ndjson, rotate_size: 400, gzip: false }]
    dead_letter: ./out/dead.ndjson
`;

/** What our own rotated files are called. */
const OURS = /^(?:events\.ndjson|events\.\d{6}\.ndjson)$/;
const STRANGERS = ['events.20240131.ndjson.txt', 'events.000002.ndjson.bak', 'dead.000001.ndjson'];

type Places = Readonly<Record<string, { readonly offset: number }>>;

/** A daemon over a folder of its own. */
export class World {
  #asides = 0;
  #moves = 0;
  #packed = 0;

  private constructor(
    private readonly base: string,
    private home: string,
    private daemon: TestDaemon,
  ) {}

  static async start(): Promise<World> {
    const base = scratch();
    const home = join(base, 'home');
    for (const folder of ['in', 'out']) mkdirSync(join(home, folder), { recursive: true });
    mkdirSync(join(base, 'aside'));
    for (const name of STRANGERS) writeFileSync(join(home, 'out', name), 'somebody else\n');
    return new World(base, home, await startDaemon(CONFIG, { cwd: home }));
  }

  async end(): Promise<void> {
    expect(await this.daemon.end()).toBe(0);
  }

  /** A path in the watched folder. */
  watched(name: string): string {
    return join(this.home, 'in', name);
  }

  append(name: string, text: string): void {
    appendFileSync(this.watched(name), text);
  }

  change(name: string, text: string, how: 'cut' | 'anew' | 'over it'): void {
    if (how === 'cut') truncateSync(this.watched(name));
    if (how === 'anew') rmSync(this.watched(name));
    if (how === 'over it') {
      writeFileSync(join(this.base, 'new'), text);
      renameSync(join(this.base, 'new'), this.watched(name));
    } else appendFileSync(this.watched(name), text);
  }

  rename(name: string, to: string): void {
    renameSync(this.watched(name), this.watched(to));
  }

  link(name: string, to: string): void {
    linkSync(this.watched(name), this.watched(to));
  }

  copy(name: string, to: string): void {
    copyFileSync(this.watched(name), this.watched(to));
  }

  /** As gzip does: the packed file is whole when it comes, and then the other goes. */
  pack(name: string): void {
    writeFileSync(join(this.base, 'new'), gzipSync(readFileSync(this.watched(name))));
    renameSync(join(this.base, 'new'), this.watched(`${name}.${this.#packed++}.gz`));
    rmSync(this.watched(name));
  }

  remove(name: string): void {
    rmSync(this.watched(name));
  }

  async post(events: readonly string[]): Promise<void> {
    expect((await postLines(`${this.daemon.url}/events`, events.join('\n'))).status).toBe(202);
  }

  /** Does to the output what logrotate and people do. @returns whether there was one */
  touchOutput(how: 'rename' | 'remove' | 'copytruncate'): boolean {
    const output = join(this.home, 'out/events.ndjson');
    if (!existsSync(output)) return false;
    const aside = join(this.base, 'aside', `${this.#asides++}.ndjson`);
    if (how === 'rename') renameSync(output, aside);
    if (how === 'remove') rmSync(output);
    if (how === 'copytruncate') {
      copyFileSync(output, aside);
      truncateSync(output);
    }
    return true;
  }

  reload(): void {
    this.daemon.child.kill('SIGHUP');
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL', between: 'nothing' | 'a move' | 'letters driven again'): Promise<void> {
    expect(await this.daemon.end(signal)).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
    if (between === 'a move') {
      const to = join(this.base, `home${this.#moves++}`);
      renameSync(this.home, to);
      this.home = to;
    }
    if (between === 'letters driven again') {
      const { exit, stderr } = await runCli(['replay', '--dead-letters', '--to-outputs', '--no-progress'], {
        cwd: this.home,
      });
      expect([0, 3], stderr).toContain(exit);
    }
    this.daemon = await startDaemon(CONFIG, { cwd: this.home });
  }

  /** Waits until as much is out as must be, and for good, and sees that it is what must be. */
  async settle(model: Model): Promise<void> {
    const results = model.results().toSorted(byNumber);
    const letters = model.letters().toSorted();
    const isOut = (): boolean => this.#results().length >= results.length && this.#letters().length >= letters.length;
    try {
      await until(() => isOut() && this.#isCheckpointed(), 'all is out');
    } finally {
      expect(this.#results().toSorted(byNumber)).toEqual(results);
      expect(this.#letters().toSorted()).toEqual(letters);
    }
  }

  /** Files that the daemon did not make. */
  strangers(): readonly string[] {
    return STRANGERS.map((name) => readFileSync(join(this.home, 'out', name), 'utf8'));
  }

  static readonly strangers = STRANGERS.map(() => 'somebody else\n');

  /** Whether a kill would have nothing done again. */
  #isCheckpointed(): boolean {
    const checkpoint = join(this.home, 'state/checkpoints/default%20.of%20.data.checkpoint');
    if (!existsSync(checkpoint)) return false;
    const { value } = JSON.parse(readFileSync(checkpoint, 'utf8')) as { readonly value: { readonly files: Places } };
    return Object.entries(value.files).every(([name, { offset }]) => {
      const path = join(this.home, name);
      return offset === (existsSync(path) ? statSync(path).size : 0);
    });
  }

  #results(): number[] {
    const out = join(this.home, 'out');
    const aside = join(this.base, 'aside');
    return [
      ...readdirSync(out).flatMap((name) => (OURS.test(name) ? linesOf(join(out, name)) : [])),
      ...readdirSync(aside).flatMap((name) => linesOf(join(aside, name))),
    ].map(idOf);
  }

  #letters(): string[] {
    const letters = linesOf(join(this.home, 'out/dead.ndjson'));
    return letters.map((line) => {
      const { event, raw } = JSON.parse(line) as { readonly event?: { readonly data: unknown }; readonly raw?: string };
      return raw ?? JSON.stringify(event?.data);
    });
  }
}

const byNumber = (a: number, b: number): number => a - b;

/** The whole lines of a file that may be renamed at this moment. */
function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}
