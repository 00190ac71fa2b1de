const REPEAT = /\{(\d+)(?:(,)(\d*))?\}/y;
/** What a quantifier adds to the part before it. */
const QUANTIFIER = 2;
const GROUP = 2;
/** A class of Unicode characters is a table of hundreds of ranges. */
const UNICODE_CLASS = 32;
const CLASS_CHARACTERS_PER_PART = 4;

/** The parts of a group so far. */
interface Group {
  /** The weight of all parts but the last. */
  before: number;
  /** The weight of the last part, to which a following quantifier would apply. */
  last: number;
}

/**
 * Returns the maximum number of instructions that a pattern compiles to, without compiling it, because a few characters may
 * require millions. Takes time proportional to the pattern's length. A malformed pattern has a weight, too.
 */
export function patternWeight(pattern: string): number {
  const outer: Group[] = [];
  let group: Group = { before: 0, last: 0 };
  const add = (weight: number): void => {
    group.before += group.last;
    group.last = weight;
  };
  for (let at = 0; at < pattern.length; at++) {
    switch (pattern.charAt(at)) {
      case '\\':
        at += 1;
        if (pattern.charAt(at) === 'Q') at = literalEnd(pattern, at + 1, add);
        else add(/[pP]/.test(pattern.charAt(at)) ? UNICODE_CLASS : 1);
        break;
      case '[': {
        const end = classEnd(pattern, at);
        add(classWeight(pattern.slice(at, end)));
        at = end - 1;
        break;
      }
      case '(':
        outer.push(group);
        group = { before: 0, last: 0 };
        break;
      case ')': {
        const weight = group.before + group.last + GROUP;
        group = outer.pop() ?? { before: 0, last: 0 };
        add(weight);
        break;
      }
      case '*':
      case '+':
      case '?':
        group.last += QUANTIFIER;
        break;
      case '{': {
        REPEAT.lastIndex = at;
        const [whole, min = '', comma, max] = REPEAT.exec(pattern) ?? [];
        if (whole === undefined) {
          add(1);
        } else {
          const times = comma === undefined ? Number(min) : max ? Number(max) : Number(min) + 1;
          group.last = (group.last + QUANTIFIER) * Math.max(1, times);
          at += whole.length - 1;
        }
        break;
      }
      default:
        add(1);
    }
  }
  const unclosed = outer.reduce((sum, { before, last }) => sum + before + last, 0);
  return unclosed + group.before + group.last;
}

/** Returns the position of the last character of `\Q…\E`. */
function literalEnd(pattern: string, start: number, add: (weight: number) => void): number {
  const end = pattern.indexOf('\\E', start);
  const literal = end === -1 ? pattern.length : end;
  for (let at = start; at < literal; at++) add(1);
  return end === -1 ? literal : end + 1;
}

/** Returns where the class that begins at `start` ends: one past its bracket. */
function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern.charAt(at) === '^') at += 1;
  // A bracket that comes first is literal, because the class would otherwise be empty.
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    const character = pattern.charAt(at);
    if (character === ']' && !isFirst) return at + 1;
    const named = character === '[' && pattern.charAt(at + 1) === ':' ? pattern.indexOf(':]', at + 2) : -1;
    if (named !== -1) at = named + 2;
    else at += character === '\\' ? 2 : 1;
  }
  return pattern.length;
}

function classWeight(written: string): number {
  const tables = written.match(/\\[pP]/g)?.length ?? 0;
  return 1 + tables * UNICODE_CLASS + Math.ceil(written.length / CLASS_CHARACTERS_PER_PART);
}
