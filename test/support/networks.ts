import { execFileSync } from 'node:child_process';

/** A network of its own for a process, which reaches this machine through a cable that can be pulled. */
export interface TestNetwork {
  /** What `ip netns exec` calls it. */
  readonly name: string;
  readonly address: string;
  pull(): void;
  plug(): void;
}

export interface TestNetworks {
  /** This machine's address in them. */
  readonly address: string;
  readonly each: readonly TestNetwork[];
  remove(): void;
}

/** What to add to the title of a test that needs networks: why it is skipped, or nothing. */
export const NETWORKS_MISSING = canBeMade() ? '' : ' (skipped: ip netns needs root, and iproute2)';

/** Makes networks behind a bridge. Their names and addresses follow from our process, so that tests can run at once. */
export function makeNetworks(count: number): TestNetworks {
  const id = process.pid % 250;
  const bridge = `cq${id}`;
  const subnet = `10.213.${id}`;
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  const each = Array.from({ length: count }, (_, index): TestNetwork => {
    const name = `${bridge}-${index}`;
    const address = `${subnet}.${index + 2}`;
    ip('netns', 'add', name);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', name, 'master', bridge, 'up');
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    return {
      name,
      address,
      pull: () => ip('link', 'set', name, 'down'),
      plug: () => ip('link', 'set', name, 'up'),
    };
  });
  return {
    address: `${subnet}.1`,
    each,
    remove() {
      for (const { name } of each) ip('netns', 'del', name);
      ip('link', 'del', bridge);
    },
  };
}

function canBeMade(): boolean {
  const name = `cq-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return true;
  } catch {
    return false;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}
