/** Numbers that only look random: the same seed gives the same ones (a linear congruential generator, Numerical Recipes). */
export interface Random {
  /** 0 to 1, without 1. */
  fraction(): number;
  /** 0 to `end`, without `end`. */
  integer(end: number): number;
  pick<T>(items: readonly T[]): T;
}

export function random(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const integer = (end: number): number => Math.floor(fraction() * end);
  return { fraction, integer, pick: (items) => items[integer(items.length)] as (typeof items)[number] };
}
