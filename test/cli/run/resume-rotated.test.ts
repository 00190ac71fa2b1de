import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Place, SAME } from './place.js';
import { each } from '../../support/runs.js';

/** Three events that no other file has. */
function events(nth: number): string {
  return [1, 2, 3].map((n) => `{"id":${nth * 3 + n}}\n`).join('');
}

/** A folder whose `log` is rotated as logrotate does it. */
class Logs extends Place {
  #written = 0;

  constructor(
    private readonly keep: number,
    private readonly suffix = '',
  ) {
    super();
    this.#begin();
  }

  rotate(): void {
    for (let nth = this.keep; nth > 0; nth--) {
      const from = nth === 1 ? 'log' : `log.${nth - 1}${this.suffix}`;
      if (!existsSync(this.path(from))) continue;
      if (nth > 1 || this.suffix === '') {
        renameSync(this.path(from), this.path(`log.${nth}${this.suffix}`));
        continue;
      }
      this.write(`log.1${this.suffix}`, gzipSync(this.read('log')));
      rmSync(this.path('log'));
    }
    this.#begin();
  }

  /** All of them, the oldest first. */
  get names(): readonly string[] {
    const numbers = Array.from({ length: this.keep }, (_, index) => this.keep - index);
    return [...numbers.map((nth) => `log.${nth}${this.suffix}`), 'log'].filter((name) => existsSync(this.path(name)));
  }

  get eventsWritten(): readonly string[] {
    return Array.from({ length: this.#written * 3 }, (_, index) => `{"id":${index + 1}}`);
  }

  #begin(): void {
    this.write('log', events(this.#written));
    this.#written += 1;
  }
}

describe.concurrent('run --resume over inputs that are rotated', () => {
  it('knows one again that was left out, though another has the name that it had', async () => {
    const logs = new Logs(5);
    await logs.resume('log');
    logs.rotate();
    await logs.resume('log.1', 'log');
    logs.rotate();
    const { stderr } = await logs.resume('log.1', 'log');
    expect(stderr).toMatch(/what was \S+log\.1 is not among the inputs any more; its 3 lines are done and stay/);
    expect(await logs.resume('log')).toMatchObject({ exit: 0 });
    expect(await logs.resume('log.2', 'log.1', 'log')).toMatchObject({
      exit: 0,
      stderr: 'colloquium: already finished: 9 lines\n',
    });
    expect(logs.lines('out')).toEqual(logs.eventsWritten);
  });

  each(1)([['', 2] as const, ['.gz', 3] as const])(
    'goes on, however often, when the oldest of them is removed: *%s',
    async (suffix, keep) => {
      const logs = new Logs(keep, suffix);
      await logs.resume('log');
      for (let nth = 0; nth < keep + 2; nth++) {
        logs.rotate();
        expect(await logs.resume(...logs.names)).toMatchObject({ exit: 0 });
        const { exit, stderr } = await logs.resume(...logs.names);
        expect([exit, stderr]).toEqual([0, expect.stringMatching(/^colloquium: already finished: \d+ lines\n$/)]);
      }
      expect(logs.lines('out')).toEqual(logs.eventsWritten);
    },
  );

  it('goes on with a copy, where the file itself was cut (copytruncate)', async () => {
    const place = new Place();
    place.write('log', events(0));
    await place.resume('log');
    copyFileSync(place.path('log'), place.path('log.1'));
    place.write('log', events(1));
    expect(await place.resume('log.1', 'log')).toMatchObject({ exit: 0 });
    expect(place.read('out')).toBe(events(0) + events(1));
  });

  it('takes one that was cut and renamed for a new file: none of its lines is left out', async () => {
    const place = new Place();
    place.write('a', events(0));
    place.write('b', events(1));
    await place.resume('a', 'b');
    place.write('a', events(2).slice(0, 9));
    renameSync(place.path('a'), place.path('d'));
    expect(await place.resume('b', 'd')).toMatchObject({ exit: 0 });
    expect(place.read('out')).toBe(events(0) + events(1) + events(2).slice(0, 9));
    expect((await place.resume('b', 'd')).stderr).toContain('already finished: 7 lines');
  });

  each(1)([['log.1'], ['log.1.gz']])('names the file that is to be named, too: %s', async (name) => {
    const place = new Place();
    place.write('log', events(0));
    await place.resume('log');
    renameSync(place.path('log'), place.path('log.1'));
    if (name === 'log.1.gz') {
      place.write(name, gzipSync(place.read('log.1')));
      rmSync(place.path('log.1'));
    }
    place.write('log', events(1));
    const args = [...SAME, '--resume', '-o', 'out', 'log'];
    await place.refused(args, 'log was replaced', `log is now ${name}: name both, ${name} first`);
    await place.refused(args, '--resume=force goes on from where it was', 'leaves out the first 3 lines of log');
    expect(await place.resume(name, 'log')).toMatchObject({ exit: 0 });
    expect(place.read('out')).toBe(events(0) + events(1));
  });

  it('names the file that it stopped within', async () => {
    const place = new Place();
    place.write('other', events(1));
    place.write('log', events(0));
    await place.resume('--limit', '4', 'other', 'log');
    renameSync(place.path('log'), place.path('log.1'));
    const args = [...SAME, '--resume', '-o', 'out', 'other'];
    await place.refused(args, 'it stopped within', 'behind line 1', 'log is now log.1: name that');
  });
});
