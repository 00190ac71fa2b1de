import type { Store } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import type { Breaker, BreakerState, BreakerPass } from './breaker.js';

/** How often to check for findings of other processes, while there are calls. */
const LOOK_MS = 1000;
/** The process that found a provider failing retries it first; the others wait this long for the result. */
const FINDER_FIRST_MS = 2000;

/** What a process reports about a provider. */
interface Finding {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: BreakerState;
}

/**
 * A breaker shared between processes: each process reports when its breaker opens and closes, and adopts what others report. All
 * of them spare a provider that one found failing, and one of them retries it. Problems of a single process (a wrong key) are not
 * reported.
 */
export function sharedBreaker(own: Breaker, store: Store, name: string, world: AiWorld): Breaker {
  let told: BreakerState = own.state;
  let changedAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let seen = 0;

  const notify = (isOurs = false): void => {
    const { state } = own;
    if (state === told || state.kind === 'half-open' || (state.kind === 'closed' && told.kind === 'closed')) return;
    told = state;
    changedAt = world.now();
    if (isOurs) return;
    const finding: Finding = { at: changedAt, state };
    // When others can't be notified, they act on what they see themselves.
    void store.put(name, JSON.stringify(finding)).catch(() => undefined);
  };

  const believe = ({ at, state }: Finding): void => {
    if (at <= changedAt) return;
    if (state.kind === 'closed') {
      if (own.state.kind === 'open' || own.state.kind === 'half-open') own.adopt(state);
    } else if ('until' in state && (own.state.kind === 'closed' || own.state.kind === 'open')) {
      const until = state.until + FINDER_FIRST_MS;
      if (until > world.now()) own.adopt({ ...state, until });
    }
    told = own.state;
    changedAt = at;
  };

  const look = async (): Promise<void> => {
    const entry = await store.get(name);
    if (entry === undefined || entry.revision === seen) return;
    seen = entry.revision;
    believe(JSON.parse(entry.value) as Finding);
  };

  const lookNowAndThen = (now: number): void => {
    if (now - lookedAt < LOOK_MS) return;
    lookedAt = now;
    void look().catch(() => undefined);
  };

  const telling = (pass: BreakerPass): BreakerPass => {
    const after = (act: () => void) => () => {
      act();
      notify();
    };
    return {
      success: after(() => pass.success()),
      failure: after(() => pass.failure()),
      neutral: after(() => pass.neutral()),
    };
  };

  return {
    get state() {
      return own.state;
    },
    availableAt(now) {
      lookNowAndThen(now);
      return own.availableAt(now);
    },
    enter(now) {
      lookNowAndThen(now);
      const entry = own.enter(now);
      return entry.kind === 'pass' ? { ...entry, pass: telling(entry.pass) } : entry;
    },
    takeDown(now, until, reason) {
      own.takeDown(now, until, reason);
      notify(until === Infinity);
    },
    adopt: (state) => own.adopt(state),
  };
}
