/*
 * Constructs of other languages, and how to write them here. Each pattern is tried where the text is malformed; if possible, the
 * hint is the text to write.
 */

/** What to write instead, given the match and the text before and after it. */
type Cure = string | ((found: string, before: string, behind: string) => string | undefined);

const EACH = 'Each element of a list: /items |> map(x => x/name).';
const FIELDS = 'Fields are read with a slash: /user/name, x/name.';
const LAMBDA = 'A lambda is written x => …, or (a, b) => ….';

const COMMENT =
  'A comment begins with --. For a default in place of what is missing, write ??. A key that is empty stands in quotes: /"".';

const FOREIGN: readonly (readonly [RegExp, Cure])[] = [
  [/'[^'\n]*'?/y, (found) => `Texts stand in double quotes: ${inQuotes(found.slice(1).replace(/'$/, ''))}.`],
  [/[“”„«][^“”„«»\n]*[“”»]?/y, (found) => `Texts stand in straight double quotes: ${inQuotes(found.slice(1, -1))}.`],
  [/&&/y, 'Write: and.'],
  [/&/y, 'Write: and. Texts are joined with ++.'],
  [/\|\|/y, 'Write: or. For a default in place of what is missing: ??. Texts are joined with ++.'],
  [/\|(?!>)/y, 'A pipe is written |>, and calls an operator: /items |> count.'],
  [/===/y, 'Write: ==.'],
  [/!==?/y, 'Write: !=.'],
  [/!/y, 'Write: not.'],
  [
    /=(?![=>])/y,
    (_, before) =>
      inObject(before) ? 'A member is written name: value.' : 'Compare with ==; name a value with: let x = … in ….',
  ],
  [/<>/y, 'Write: !=.'],
  [/\?\./y, 'Read with slashes, and give a default: /user/name ?? null.'],
  [
    /\?(?!\?)/y,
    (_, before, behind) => `Write: ${ifFor(before, behind)}. For a default in place of what is missing: ??.`,
  ],
  [/\.\.+/y, 'Objects are put together with merge($input, {…}), lists with append(/a, /b).'],
  [/\.(?:[A-Za-z_]\w*|\[[^\]\n]*\])(?:\.[A-Za-z_]\w*|\[[^\]\n]*\])*\(?/y, path],
  [/\.[0-9]+/y, (found) => `Numbers are written as in JSON: 0${found}.`],
  [
    /\./y,
    (_, before) => (/\S\s+$/.test(before) ? 'Texts are joined with ++.' : 'The event is $input, its fields /name.'),
  ],
  [/@[\w.-]*/y, (found) => `A field whose name has signs in it stands in quotes: /${inQuotes(found)}.`],
  [/\$(?:[.[][\w.[\]"']*|\w*)/y, input],
  [/\*\*|\^/y, 'There is no power; multiply.'],
  [/\*/y, star],
  [/\/\//y, COMMENT],
  [
    /\//y,
    (_, before, behind) =>
      before.endsWith('/') ? COMMENT : (memberOf(before, behind) ?? operatorBefore(before, behind) ?? FIELDS),
  ],
  [/#/y, 'A comment begins with --.'],
  [/;/y, 'Bindings of a let are parted by commas: let a = 1, b = 2 in ….'],
  [/:=/y, 'Name a value with: let x = … in ….'],
  [
    /:/y,
    (_, before, behind) =>
      sliceOf(before, behind) ??
      (/\{[^{}]*\/[^{},:]*$/.test(before)
        ? 'The key of a path is its last part; for another one write name: /path.'
        : 'Arguments have no names: give them in their order.'),
  ],
  [/\]/y, (_, before) => (/\[\s*$/.test(before) ? EACH : 'A bracket is closed that is not open.')],
  [/[)}]/y, (_, before) => (isClosed(before) ? 'A bracket is closed that is not open.' : undefined)],
  [/>/y, (_, before) => (before.endsWith('-') ? LAMBDA : 'A value stands before >, and behind it.')],
  [/AND\b|And\b/y, 'Write: and.'],
  [/OR\b|Or\b/y, 'Write: or.'],
  [/NOT\b|Not\b/y, 'Write: not.'],
  [/(?:is|equals|eq)\b/y, 'Write: ==.'],
  [
    /(?:not\s+)?in\b/y,
    (found, before) =>
      /\blet\b/.test(before) ? undefined : `Write: ${found === 'in' ? '' : 'not '}list.has([…], ${operandIn(before)}).`,
  ],
  [/(?:elif|elsif|elseif)\b/y, 'Write: else if … then … else ….'],
  [/end\b/y, 'An if needs no end.'],
];

/** What comes right before the error, and takes no operand here as it does in other languages. */
const BEFORE: readonly (readonly [RegExp, Cure])[] = [
  [/\b(?:for|foreach|forEach|while|each)\s+$/, EACH],
  [/\b(?:var|const|val|set)\s+$/, 'Name a value with: let x = … in ….'],
  [/\b(?:function|fn|fun|def|lambda)(?:\s*\w*\s*\([^()]*\))?\s*$/, LAMBDA],
  [/\b(?:return|yield)\s+$/, 'What a script is, it gives: nothing is returned.'],
];

/** How much of the text around a mistake is examined. `SHOWN_MAX` limits how much of a match is shown. */
const LOOK_AROUND = 200;
const SHOWN_MAX = 60;

/** Returns what to write instead of the text at an offset, if it is known from another language. */
export function foreignHint(text: string, offset: number): string | undefined {
  const before = text.slice(Math.max(0, offset - LOOK_AROUND), offset);
  const behind = text.slice(offset, offset + LOOK_AROUND);
  const say = (cure: Cure, found: string): string | undefined =>
    typeof cure === 'string' ? cure : cure(found.slice(0, SHOWN_MAX), before, behind);
  const word = BEFORE.find(([pattern]) => pattern.test(before));
  if (word !== undefined) return say(word[1], '');
  for (const [pattern, cure] of FOREIGN) {
    pattern.lastIndex = 0;
    const found = pattern.exec(behind)?.[0];
    if (found !== undefined) return say(cure, found);
  }
  return operatorBefore(before, behind);
}

/** Suggests a call for `/items[0:2]`, a part of a list or text. */
function sliceOf(before: string, behind: string): string | undefined {
  const [, whole, from = ''] = /([\w/"$.)\]]+)\[\s*(-?\w*)\s*$/.exec(before) ?? [];
  if (whole === undefined) return undefined;
  const to = /^:\s*(-?\w+)/.exec(behind)?.[1];
  const part = `${whole.includes(')') ? '…' : whole}, ${from === '' ? '0' : from}${to === undefined ? '' : `, ${to}`}`;
  return `A part of a list: list.slice(${part}); of a text: text.slice(${part}).`;
}

/** Handles `{x/name}`: only a path of the event is both a key and a value. */
function memberOf(before: string, behind: string): string | undefined {
  const name = /[{,]\s*([A-Za-z_]\w*)$/.exec(before)?.[1];
  const path = /^(?:\/[A-Za-z_]\w*)+/.exec(behind)?.[0];
  if (name === undefined || path === undefined || !inObject(before)) return undefined;
  return `Write: ${path.slice(path.lastIndexOf('/') + 1)}: ${name}${path}.`;
}

/** Matches text after which the next argument is a lambda. */
const TAKES_LAMBDA =
  /(?:\|>\s*(?:map|filter|flatMap|some|every|partition|find|findIndex)\(|\b(?:map|filter|flatMap|some|every|partition|find|findIndex)\([^()]*,)\s*$/;

/** Handles `.user.name`, `.items[0]`, `.items[]` and `x.f(`, depending on the text before. */
function path(found: string, before: string): string {
  if (TAKES_LAMBDA.test(before) && !found.endsWith('(')) return `A field of each element: x => ${slashed('x', found)}.`;
  const base = /(?:\$input|[A-Za-z_]\w*|\/)(?:[\w/"]|\[\w*\])*$/.exec(before)?.[0] ?? '';
  const owner = base === '$input' || base === '$' ? '' : base;
  if (found.endsWith('(')) {
    const name = found.slice(1, -1);
    return `Operators are called: ${owner === '' ? '$input' : owner} |> ${name}(…), or ${name}(${owner === '' ? '$input' : owner}, …).`;
  }
  if (/\[\s*\]/.test(found))
    return `Each element of a list: ${slashed(owner, found.replace(/\[\s*\].*$/, ''))} |> map(x => …).`;
  return `Fields are read with a slash: ${slashed(owner, found)}.`;
}

function slashed(owner: string, path: string): string {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const written = keys.map((key) => (/^\w+$|^".*"$/.test(key) ? key : inQuotes(key.replace(/^'|'$/g, ''))));
  return owner + written.map((key) => `/${key}`).join('') || '$input';
}

/** Handles `$.user`, `$item` and the like. */
function input(found: string): string {
  const name = found.replace(/^\$[.[]?/, '');
  if (found === '$') return 'The event is $input, its fields /name.';
  return /^\$[.[]/.test(found)
    ? `The event is $input, its fields ${slashed('', name)}.`
    : `There are $input and $inputs; a variable is its name alone: ${name}.`;
}

function star(_: string, before: string): string {
  if (before.endsWith('*')) return 'There is no power; multiply.';
  if (before.endsWith('/')) return `A comment begins with --. ${EACH}`;
  return /[[(]\s*$/.test(before) ? EACH : 'A value stands before *, and behind it.';
}

/** Translates `a ? b : c`, as far as it is simple. */
function ifFor(before: string, behind: string): string {
  const condition = /[^,;:=()[\]{}\n]*$/.exec(before)?.[0].trim() ?? '';
  const [, then, otherwise] = /^\?\s*([^?:\n]+?)\s*:\s*([^?:,)\]}\n]+)/.exec(behind) ?? [];
  return condition === '' || then === undefined || otherwise === undefined
    ? 'if … then … else …'
    : `if ${condition} then ${then} else ${otherwise.trim()}`;
}

/** Handles `count /items` and `/msg contains "x"`: an operator and its argument without parentheses. */
function operatorBefore(before: string, behind: string): string | undefined {
  const [, infix, second = '…'] = /^([A-Za-z_][\w.]*)(?:\s+([\w/"$]+))?/.exec(behind) ?? [];
  if (infix !== undefined && /[/"$][\w/"$]*\s+$/.test(before))
    return `Operators are called with parentheses: ${infix}(${operandIn(before)}, ${second}).`;
  const name = /(?:^|[^\w./"$])([A-Za-z_][\w.]*)\s+$/.exec(before)?.[1];
  const argument = /^[\w/"$]+/.exec(behind)?.[0] ?? '…';
  return name && `Operators are called with parentheses: ${name}(${argument}).`;
}

/** Returns the operand at the end of a text, if it is simple. */
function operandIn(before: string): string {
  return /[\w/"$.]+(?=\s*$)/.exec(before)?.[0] ?? '…';
}

/** Whether a name after a brace is in the position of a member. */
function inObject(before: string): boolean {
  return (
    /[{,]\s*(?:\w+|"[^"\n]*")\s*$/.test(before) &&
    before.lastIndexOf('{') > before.lastIndexOf('(') &&
    !/\blet\b[^{]*$/.test(before)
  );
}

/** Whether all brackets that were opened are closed, as far as the text is visible. */
function isClosed(before: string): boolean {
  const count = (sign: RegExp): number => before.match(sign)?.length ?? 0;
  return count(/[([{]/g) <= count(/[)\]}]/g);
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}
