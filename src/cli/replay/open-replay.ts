import type { Damage, LogWorld } from '../../log/index.js';
import { nodeWorld } from '../../log/index.js';
import type { Delivered } from '../../pipeline/index.js';
import { onSignals } from '../run/signals.js';
import type { ReplayPlan } from './plan.js';
import { writeStderr } from '../run/stderr.js';

/** What all parts of a replay share. */
export interface OpenReplay {
  readonly plan: ReplayPlan;
  readonly world: LogWorld;
  /** Raised when nothing more is to be read. */
  readonly signal: AbortSignal;
  readonly stopReading: () => void;
  /** Told of every damaged place of the log. */
  readonly onDamage: (damage: Damage) => void;
  readonly damagedPlaces: () => number;
  /** The exit code that a signal asks for, once there was one. */
  readonly signalCode: () => number | undefined;
  /** Told of what becomes of events on the way to their pipeline's own outputs. */
  readonly onDelivered?: (pipeline: string, delivered: Delivered) => void;
  /** Does this too when a signal comes. */
  onDrain(action: () => void): void;
}

export function startReplay(plan: ReplayPlan): OpenReplay {
  const reading = new AbortController();
  const drains: (() => void)[] = [() => reading.abort()];
  const signals = onSignals(() => drains.forEach((drain) => drain()));
  let damaged = 0;
  return {
    plan,
    world: nodeWorld(),
    signal: reading.signal,
    stopReading: () => reading.abort(),
    onDamage({ message }) {
      damaged += 1;
      writeStderr(`colloquium: ${message}\n`);
    },
    damagedPlaces: () => damaged,
    signalCode: signals.code,
    onDrain: (action) => void drains.push(action),
  };
}
