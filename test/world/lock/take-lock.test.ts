import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { lockHolder, LockedError, takeLock, type Lock } from '../../../src/world/lock/index.js';
import { runs } from '../../support/runs.js';
import { Machines, type MachineOptions, type Seat, type SimulatedProcess } from './machines.js';

const what = 'the folder';
const A1 = { host: 'a', namespace: '1' };
const A2 = { host: 'a', namespace: '2' };
const B1 = { host: 'b', namespace: '1' };
const blind = (seat: Seat): Seat => ({ ...seat, hidesProc: true });

const take = ({ world }: SimulatedProcess): Promise<Lock> => takeLock('f', { what }, world);

async function refusal(process: SimulatedProcess): Promise<LockedError> {
  const error: unknown = await take(process).then(
    () => new Error('it was given'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof LockedError)) throw error;
  return error;
}

const SHARED = { isShared: true };
const NO_SOCKETS = { knowsSockets: false };

describe('a lock of a living owner', () => {
  it.each<[string, Seat, Seat, MachineOptions]>([
    ['in the same PID namespace', A1, A1, {}],
    ['in another PID namespace', A1, A2, {}],
    ['in another PID namespace on a network', A1, A2, SHARED],
    ['on another machine', A1, B1, SHARED],
    ['where nothing tells boots and namespaces', blind(A1), blind(A1), {}],
    ['that sees less than who asks', blind(A1), A2, {}],
    ['that sees more than who asks', A1, blind(A2), {}],
    ['on another machine, where nothing tells boots', blind(A1), blind(B1), SHARED],
    ['where there are no sockets', A1, A1, NO_SOCKETS],
    ['in another PID namespace where there are no sockets', A1, A2, NO_SOCKETS],
    ['where there are neither sockets nor boots', blind(A1), blind(A1), NO_SOCKETS],
    ['in another namespace where there are neither', blind(A1), blind(A2), NO_SOCKETS],
  ])('is refused: %s', async (_where, seat, other, options) => {
    const machines = new Machines(options);
    const owner = machines.start(seat, 1);
    const lock = await take(owner);
    const asks = machines.start(other, 1);
    const { holder, message } = await refusal(asks);
    expect(holder.process).toMatchObject({ host: seat.host, pid: 1 });
    expect(message).toContain('process 1');
    expect(lock.isHeld()).toBe(true);
    await lock.release();
    expect(await lockHolder('f', asks.world)).toBeUndefined();
    expect((await take(asks)).isHeld()).toBe(true);
  });
});

describe('a lock of a dead owner', () => {
  it.each<[string, Seat, Seat, MachineOptions]>([
    ['of the same PID namespace', A1, A1, {}],
    ['of another PID namespace', A1, A2, {}],
    ['of another PID namespace, on a network', A1, A2, SHARED],
    ['where nothing tells boots and namespaces', blind(A1), blind(A1), {}],
    ['that saw more than who asks', A1, blind(A1), {}],
    ['where there are no sockets', A1, A1, NO_SOCKETS],
  ])('is given at once: %s', async (_where, seat, other, options) => {
    const machines = new Machines(options);
    const owner = machines.start(seat, 7);
    await take(owner);
    owner.isAlive = false;
    const next = machines.start(other, 7);
    expect((await take(next)).isHeld()).toBe(true);
    // The next one's lock and socket, and nothing of the dead.
    expect([...machines.files.keys()].filter((path) => path.includes('t-')).length).toBe(0);
    expect(machines.files.size).toBe(options.knowsSockets === false ? 1 : 2);
  });

  it.each<[string, MachineOptions]>([
    ['on a disk of its own', {}],
    ['on a network', SHARED],
  ])('is given after its machine was started anew: %s', async (_where, options) => {
    const machines = new Machines(options);
    await take(machines.start(A1, 1));
    machines.restart('a');
    expect((await take(machines.start(A2, 1))).isHeld()).toBe(true);
  });

  it('on another machine is refused, and the message names the one way to take it', async () => {
    const machines = new Machines(SHARED);
    const owner = machines.start(A1, 5);
    await take(owner);
    owner.isAlive = false;
    const asks = machines.start(B1, 5);
    const { holder, message } = await refusal(asks);
    expect(holder).toMatchObject({ state: 'unknown', where: 'other host' });
    expect(message).toContain('process 5 on a');
    expect(message).toContain('if a is gone for good, remove f/lock.1');
    machines.files.delete('f/lock.1');
    expect((await take(asks)).isHeld()).toBe(true);
  });
});

describe('a lock whose files somebody removed', () => {
  it('is no longer held, and giving it back leaves the next owner alone', async () => {
    const machines = new Machines();
    const lock = await take(machines.start(A1));
    machines.files.clear();
    expect(lock.isHeld()).toBe(false);
    const next = await take(machines.start(A1));
    await lock.release();
    expect(next.isHeld()).toBe(true);
    await refusal(machines.start(A2));
  });

  it('but for the lock file itself is refused where the process table tells, and where nothing does', async () => {
    const machines = new Machines();
    await take(machines.start(A1));
    for (const path of [...machines.files.keys()]) if (path.includes('s-')) machines.files.delete(path);
    expect((await refusal(machines.start(A1))).holder.state).toBe('alive');
    expect((await refusal(machines.start(A2))).holder.state).toBe('unknown');
  });

  it('in a copy of its folder is nobody’s', async () => {
    const machines = new Machines();
    const owner = machines.start(A1);
    await take(owner);
    for (const [path, file] of [...machines.files]) {
      machines.files.delete(path);
      if (!file.isSocket) machines.files.set(path, { ...file, inode: '9999' });
    }
    expect((await take(machines.start(B1))).isHeld()).toBe(true);
  });
});

/** What can happen, in any order and at once. */
type Happening =
  | { readonly kind: 'take'; readonly seats: readonly Seat[]; readonly die: readonly boolean[] }
  | { readonly kind: 'release' | 'crash' }
  | { readonly kind: 'restart'; readonly host: string };

const seats = fc.constantFrom<Seat>(A1, A2, B1, { host: 'b', namespace: '2' }, blind(A1), blind(B1));
const happenings = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      seats: fc.array(seats, { minLength: 1, maxLength: 4 }),
      die: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'release' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), host: fc.constantFrom('a', 'b') }) },
);

describe('whatever happens to processes, containers and machines', () => {
  it.each<[string, MachineOptions]>([
    ['on a disk', {}],
    ['on a network', SHARED],
    ['without sockets', NO_SOCKETS],
    ['on a network without sockets', { ...SHARED, ...NO_SOCKETS }],
  ])('a lock has one owner at most, and is never lost for good: %s', async (_where, options) => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 1, maxLength: 12 }), fc.scheduler(), (list, scheduler) =>
        play(list, scheduler, options),
      ),
      { numRuns: runs(40, 3000) },
    );
  });
});

async function play(list: readonly Happening[], scheduler: fc.Scheduler, options: MachineOptions): Promise<void> {
  const machines = new Machines({ ...options, step: () => scheduler.schedule(Promise.resolve()) });
  let owner: { readonly process: SimulatedProcess; readonly lock: Lock } | undefined;
  const watchers = new Map<SimulatedProcess, () => void>();
  const settle = (work: Promise<unknown>): Promise<unknown> => scheduler.waitFor(work);

  const contend = async (process: SimulatedProcess, mayDie: boolean): Promise<void> => {
    // Dead at a step of its own: what it left half made must not harm the others.
    if (mayDie)
      void scheduler
        .schedule(Promise.resolve())
        .then(() => scheduler.schedule(Promise.resolve()))
        .then(() => kill(process));
    const died = new Promise<void>((resolve) => watchers.set(process, resolve));
    const lock = await Promise.race([take(process).catch((error: unknown) => error), died]);
    if (lock === undefined || !process.isAlive) return;
    if (lock instanceof Error) {
      if (!(lock instanceof LockedError)) throw lock;
      return;
    }
    expect(owner?.process.isAlive ?? false).toBe(false);
    owner = { process, lock: lock as Lock };
  };
  const kill = (process: SimulatedProcess): void => {
    if (owner?.process === process) return;
    process.isAlive = false;
    watchers.get(process)?.();
  };

  for (const happening of list) {
    switch (happening.kind) {
      case 'take':
        await settle(
          Promise.all(
            happening.seats.map((seat, i) => contend(machines.start(seat, (i % 2) + 1), happening.die[i] === true)),
          ),
        );
        break;
      case 'release':
        if (owner?.process.isAlive === true) await settle(owner.lock.release());
        owner = undefined;
        break;
      case 'crash':
        if (owner !== undefined) owner.process.isAlive = false;
        owner = undefined;
        break;
      case 'restart':
        machines.restart(happening.host);
        if (owner?.process.isAlive === false) owner = undefined;
    }
    if (owner !== undefined) {
      expect(owner.lock.isHeld()).toBe(true);
      const asks = machines.start(B1);
      const refused = refusal(asks);
      await settle(refused);
    }
  }
  // The kernel or the table of the last owner's own place can always tell that it is dead.
  if (owner !== undefined) return;
  const record = [...machines.files].filter(([path]) => /lock\.[0-9]+$/.test(path)).at(-1)?.[1].text ?? '{}';
  const { host = 'a', namespace = '1 1' } = JSON.parse(record) as { host?: string; namespace?: string };
  const seat = { host, namespace: namespace.split(' ')[1] ?? '1', hidesProc: false };
  const isBlind = record.includes('"pid"') && !record.includes('"boot"');
  if (options.knowsSockets === false && isBlind) return;
  if (options.isShared === true && isBlind && options.knowsSockets === false) return;
  const next = take(machines.start(seat));
  await settle(next);
}
