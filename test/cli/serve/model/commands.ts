import fc from 'fast-check';
import { expect } from 'vitest';
import type { Model, WatchedFile } from './model.js';
import { World } from './world.js';

type Command = fc.AsyncCommand<Model, World>;

function command<Chosen>(
  name: string,
  choices: fc.Arbitrary<Chosen>,
  act: (model: Model, world: World, chosen: Chosen) => Promise<void> | void,
): fc.Arbitrary<Command> {
  return choices.map((chosen) => ({
    check: () => true,
    run: async (model, world) => {
      await act(model, world, chosen);
      expect(world.strangers()).toEqual(World.strangers);
    },
    toString: () => `${name}(${JSON.stringify(chosen)})`,
  }));
}

const NAMES = ['a', 'b', 'c', 'd'] as const;
const anyName = fc.constantFrom(...NAMES);
const few = fc.integer({ min: 1, max: 6 });
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The nth of the files that are there. */
function pick({ files }: Model, nth: number): readonly [string, WatchedFile] | undefined {
  return [...files][nth % Math.max(files.size, 1)];
}

const append = command('append', fc.tuple(anyName, few), (model, world, [name, count]) => {
  const file = model.files.get(name) ?? { lines: [], tail: '' };
  const lines = model.newLines(count);
  world.append(name, file.tail === '' ? text(lines) : `\n${text(lines)}`);
  const added = file.tail === '' ? lines : [file.tail, ...lines];
  model.files.set(name, Object.assign(file, { lines: [...file.lines, ...added], tail: '' }));
  model.lines.push(...added);
});

const halfALine = command('half a line', anyName, (model, world, name) => {
  const file = model.files.get(name) ?? { lines: [], tail: '' };
  if (file.tail !== '') return;
  const line = model.newLine();
  world.append(name, line);
  model.files.set(name, Object.assign(file, { tail: line }));
});

const change = command(
  'change',
  fc.tuple(fc.nat(9), fc.constantFrom('cut' as const, 'anew' as const, 'over it' as const), few),
  async (model, world, [nth, how, count]) => {
    const [name, file] = pick(model, nth) ?? [];
    if (name === undefined || file === undefined) return;
    // What was not read yet goes with the file.
    await world.settle(model);
    const lines = model.newLines(count);
    world.change(name, text(lines), how);
    if (how === 'cut') Object.assign(file, { lines, tail: '' });
    else {
      model.unlink(name);
      model.files.set(name, { lines, tail: '' });
    }
    model.lines.push(...lines);
  },
);

const rename = command('rename', fc.tuple(fc.nat(9), anyName), (model, world, [nth, to]) => {
  const [name, file] = pick(model, nth) ?? [];
  if (name === undefined || file === undefined || model.files.has(to)) return;
  world.rename(name, to);
  model.files.delete(name);
  model.files.set(to, file);
});

const link = command('hard link', fc.tuple(fc.nat(9), anyName), (model, world, [nth, to]) => {
  const [name, file] = pick(model, nth) ?? [];
  if (name === undefined || file === undefined || model.files.has(to)) return;
  world.link(name, to);
  model.files.set(to, file);
});

const copy = command('copy', fc.tuple(fc.nat(9), anyName), async (model, world, [nth, to]) => {
  const [name, file] = pick(model, nth) ?? [];
  if (name === undefined || file === undefined || model.files.has(to) || model.gone.has(file.lines[0])) return;
  await world.settle(model);
  world.copy(name, to);
  model.files.set(to, { ...file });
  model.lines.push(...file.lines);
  await world.settle(model);
});

const remove = command('remove', fc.nat(9), async (model, world, nth) => {
  const [name] = pick(model, nth) ?? [];
  if (name === undefined) return;
  await world.settle(model);
  world.remove(name);
  model.unlink(name);
});

const pack = command('pack', fc.nat(9), async (model, world, nth) => {
  const [name, file] = pick(model, nth) ?? [];
  if (name === undefined || file === undefined || model.hasOtherName(name)) return;
  // A packed file grows no more, so its last line is one that waits.
  await world.settle(model);
  world.pack(name);
  model.unlink(name);
});

const post = command('post', few, async (model, world, count) => {
  const events = Array.from({ length: count }, () => model.newEvent());
  await world.post(events);
  model.lines.push(...events);
});

const touchOutput = command(
  'touch the output',
  fc.constantFrom('rename' as const, 'remove' as const, 'copytruncate' as const),
  async (model, world, how) => {
    // A daemon that was just started may not have the file open yet.
    const event = model.newEvent();
    await world.post([event]);
    model.lines.push(event);
    // One that is killed a moment later can't take back what is in a file elsewhere.
    await world.settle(model);
    world.touchOutput(how);
    // What was in a file that nobody has open any more is gone.
    if (how === 'remove') await world.settle(model);
  },
);

const reload = command('reload', fc.constant(''), (_, world) => {
  world.reload();
});

const restart = command(
  'restart',
  fc.tuple(
    fc.constantFrom('SIGTERM' as const, 'SIGKILL' as const),
    fc.constantFrom('nothing' as const, 'nothing' as const, 'a move' as const),
  ),
  async (_, world, [signal, between]) => {
    await world.restart(signal, between);
  },
);

const redrive = command('drive letters again', fc.constant(''), async (model, world) => {
  await world.settle(model);
  await world.restart('SIGTERM', 'letters driven again');
  model.drives.push(model.lines.length);
  await world.settle(model);
});

const settle = command('settle', fc.constant(''), (model, world) => world.settle(model));

/** All that may be done. To add one, write it above and name it here. */
export const commands: readonly fc.Arbitrary<Command>[] = [
  append,
  append,
  append,
  halfALine,
  change,
  rename,
  link,
  copy,
  remove,
  pack,
  post,
  post,
  touchOutput,
  reload,
  restart,
  redrive,
  settle,
];
