import type { FleetMember } from '../fleet.js';
import { at, showTable } from './elements.js';
import type { FeedFrame } from './samples.js';
import { count, rate, seconds } from './words.js';

/** Members report every two seconds, so a rate spans several reports. */
const WINDOW_FRAMES = 10;

const HEADS = ['Member', 'State', 'Alive', 'Events/s', 'In', 'Out', 'Dead letters', 'Address'];

const frames: FeedFrame[] = [];

/** Shows which daemons share the work, and what each has done; shows nothing if the daemon works alone. */
export function showFleet(frame: FeedFrame): void {
  const { members } = frame;
  at('fleet').hidden = members === undefined;
  if (members === undefined) return;
  frames.push(frame);
  if (frames.length > WINDOW_FRAMES + 1) frames.shift();
  const rows = members.map((member) => [
    `${member.host} · ${member.pid}`,
    stateOf(member),
    seconds((frame.at - member.since) / 1000),
    rate(rateOf(member, frame.at)),
    ...(['input', 'output', 'dead_lettered'] as const).map((key) => count(sum(member, key))),
    member.url,
  ]);
  showTable('members', HEADS, rows, 'No members are visible.');
}

/** Names the first pipeline that is not running, or says that all are. */
function stateOf({ pipelines }: FleetMember): string {
  const other = pipelines.find(({ state }) => state !== 'running');
  return other === undefined ? 'running' : `${other.name} ${other.state}`;
}

function rateOf(member: FleetMember, now: number): number {
  const before = frames.flatMap(({ at: moment, members = [] }) =>
    members.filter((one) => isSame(one, member)).map((one) => ({ moment, events: sum(one, 'input') })),
  )[0];
  if (before === undefined || before.moment >= now) return 0;
  return (Math.max(0, sum(member, 'input') - before.events) / (now - before.moment)) * 1000;
}

/** A restarted member is a different one. */
function isSame(one: FleetMember, other: FleetMember): boolean {
  return one.host === other.host && one.pid === other.pid && one.since === other.since;
}

function sum({ pipelines }: FleetMember, key: 'input' | 'output' | 'dead_lettered'): number {
  return pipelines.reduce((total, pipeline) => total + pipeline[key], 0);
}
