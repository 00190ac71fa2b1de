import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ownerOf, stateOf, systemProcessTable, type ProcessTable } from '../../../src/ai/owner/index.js';

const table = (place: string, starts: Record<number, string>): ProcessTable => ({
  place,
  startOf: (pid) => starts[pid],
});
const here = table('host boot1 ns1', { 7: '100' });

describe('an owner', () => {
  const owner = ownerOf(7, here);

  it.each([
    ['alive while its process runs', here, 'alive'],
    ['dead when its process is gone', table('host boot1 ns1', {}), 'dead'],
    ['dead when its number went to another process', table('host boot1 ns1', { 7: '200' }), 'dead'],
    [
      'dead when the machine was started anew, even if the number is in use',
      table('host boot2 ns1', { 7: '100' }),
      'dead',
    ],
    ['unknown on another machine', table('other boot9 ns1', { 7: '100' }), 'unknown'],
    ['unknown in another process namespace', table('host boot1 ns2', {}), 'unknown'],
  ])('is %s', (_what, seen, state) => {
    expect(stateOf(owner, seen)).toBe(state);
  });

  it('that is this process is alive, and one that has ended is dead', async () => {
    const system = systemProcessTable();
    expect(stateOf(ownerOf(process.pid, system), system)).toBe('alive');
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const owner = ownerOf(child.pid ?? 0, system);
    expect(stateOf(owner, system)).toBe('alive');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    expect(stateOf(owner, system)).toBe('dead');
  });
});
