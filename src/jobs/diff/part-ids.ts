const NUMBERS = /(?:\.\d+)+$/;

/** The id of the event that a part was made of. Parts of parts have a number for each time. */
export function wholeIdOf(id: string): string {
  return id.replace(NUMBERS, '');
}

/** Whether an id is that of the event, or of a part of it. */
export function isOf(whole: string, id: string): boolean {
  return id === whole || id.startsWith(`${whole}.`);
}

/** Compares the ids of parts of one event by their place in it. */
export function comparePartIds(a: string, b: string): number {
  const [ours, theirs] = [numbersOf(a), numbersOf(b)];
  for (const [at, number] of ours.entries()) {
    const difference = number - (theirs[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return ours.length - theirs.length;
}

function numbersOf(id: string): readonly number[] {
  return (NUMBERS.exec(id)?.[0] ?? '').split('.').slice(1).map(Number);
}
