import { valuesOf, type Dimension } from './dimensions.js';
import type { LedgerEntry } from './entry.js';
import { NOTHING, plus, type Totals } from './totals.js';

/** Attempts that are summed up together. */
export interface Group {
  /** Null: the attempts have no value in this dimension, which can only happen with tags. */
  readonly by: Partial<Record<Dimension, string | null>>;
  /** It is that of the attempts for which no group was left: `by` is {@link OTHERS} everywhere. */
  readonly isOthers?: true;
  readonly totals: Totals;
}

/** The most groups that are kept separate: a tag may have as many values as there are users. */
const GROUPS_MAX = 100_000;

/** What stands in every dimension of the attempts for which no group was left. */
export const OTHERS = '(others)';

/** Sums up attempts by each combination of some dimensions; once there are enough groups, all further ones are summed up as one more. */
export class Groups {
  readonly #by: readonly Dimension[];
  readonly #timeZone: string;
  readonly #max: number;
  readonly #groups = new Map<string, Group>();
  #others: Group | undefined;

  constructor(by: readonly Dimension[], timeZone: string, max = GROUPS_MAX) {
    this.#by = by;
    this.#timeZone = timeZone;
    this.#max = max;
  }

  /** In order of first attempt; the last is that of the others. */
  get all(): readonly Group[] {
    return [...this.#groups.values(), ...(this.#others === undefined ? [] : [this.#others])];
  }

  add(entry: LedgerEntry): void {
    // An attempt with several tags is in several groups, but only once among the others.
    let isAmongOthers = false;
    for (const values of this.#combinations(entry)) {
      const key = JSON.stringify(values);
      const known = this.#groups.get(key);
      if (known === undefined && this.#groups.size >= this.#max) {
        isAmongOthers = true;
        continue;
      }
      this.#groups.set(key, grown(known ?? this.#groupOf(values), entry));
    }
    if (!isAmongOthers) return;
    this.#others = grown(this.#others ?? { ...this.#groupOf(this.#by.map(() => OTHERS)), isOthers: true }, entry);
  }

  #combinations(entry: LedgerEntry): readonly (readonly (string | null)[])[] {
    return this.#by.reduce<readonly (readonly (string | null)[])[]>(
      (before, dimension) => {
        const values = valuesOf(entry, dimension, this.#timeZone);
        return before.flatMap((one) => values.map((value) => [...one, value]));
      },
      [[]],
    );
  }

  #groupOf(values: readonly (string | null)[]): Group {
    return { by: Object.fromEntries(this.#by.map((dimension, i) => [dimension, values[i] ?? null])), totals: NOTHING };
  }
}

function grown(group: Group, entry: LedgerEntry): Group {
  return { ...group, totals: plus(group.totals, entry) };
}
