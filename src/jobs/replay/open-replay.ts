import { nodeWorld, type Damage, type LogWorld } from '../../log/index.js';
import type { Delivered } from '../../pipeline/index.js';
import { openKeys } from '../keys.js';
import type { PersonTalk } from '../talk.js';
import type { ReplayPlan } from './plan.js';

/** What all parts of a replay share. */
export interface OpenReplay {
  readonly plan: ReplayPlan;
  readonly world: LogWorld;
  readonly talk: PersonTalk;
  /** Aborted when nothing more is to be read. */
  readonly signal: AbortSignal;
  readonly stopReading: () => void;
  /** Whether the input was read to its end, not stopped before. */
  readonly isAtEnd: () => boolean;
  /** Called for every damaged place of the log, and of encrypted dead letters. */
  readonly onDamage: (damage: Pick<Damage, 'message'>) => void;
  readonly damagedPlaces: () => number;
  /** Notified of what becomes of events on their way to their pipeline's own outputs. */
  readonly onDelivered?: (pipeline: string, delivered: Delivered) => void;
}

/** @param signal stops the reading @throws KeyError */
export async function startReplay(plan: ReplayPlan, talk: PersonTalk, signal: AbortSignal): Promise<OpenReplay> {
  const reading = new AbortController();
  let damaged = 0;
  return {
    plan,
    world: nodeWorld(await openKeys(plan.config)),
    talk,
    signal: AbortSignal.any([signal, reading.signal]),
    stopReading: () => reading.abort(),
    isAtEnd: () => !signal.aborted && !reading.signal.aborted,
    onDamage({ message }) {
      damaged += 1;
      talk.notice(message);
    },
    damagedPlaces: () => damaged,
  };
}
