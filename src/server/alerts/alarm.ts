/** When an alert fires, and when it clears. */
export interface AlarmRule {
  /** The alert fires when its value is above this … */
  readonly above: number;
  /** … for this long … */
  readonly forMs: number;
  /** … and clears when the value is at or below this. In between nothing changes, which prevents flapping. */
  readonly clearAt: number;
}

export type AlarmChange = 'fires' | 'clears';

/** One alert. */
export interface Alarm {
  readonly isFiring: boolean;
  /**
   * Checks the alert's value.
   *
   * @param now milliseconds of any clock
   */
  update(value: number, now: number): AlarmChange | undefined;
}

export function createAlarm({ above, forMs, clearAt }: AlarmRule): Alarm {
  let state:
    { readonly kind: 'quiet' } | { readonly kind: 'pending'; readonly since: number } | { readonly kind: 'firing' } = {
    kind: 'quiet',
  };
  return {
    get isFiring() {
      return state.kind === 'firing';
    },
    update(value, now) {
      if (state.kind === 'firing') {
        if (value > clearAt) return undefined;
        state = { kind: 'quiet' };
        return 'clears';
      }
      if (value <= above) {
        state = { kind: 'quiet' };
        return undefined;
      }
      const since = state.kind === 'pending' ? state.since : now;
      if (now - since < forMs) {
        state = { kind: 'pending', since };
        return undefined;
      }
      state = { kind: 'firing' };
      return 'fires';
    },
  };
}
