/** What people write who come from other languages, and what it is called here. Each is tried where the text went wrong. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/'/y, 'Texts stand in double quotes: "text".'],
  [/[“”„]/y, 'Texts stand in straight double quotes: "text".'],
  [/&&/y, 'Write: and.'],
  [/\|\|/y, 'Write: or. For a default in place of what is missing: ??.'],
  [/\|(?!>)/y, 'A pipe is written |>, and calls an operator: /items |> count.'],
  [/===/y, 'Write: ==.'],
  [/!==?/y, 'Write: !=.'],
  [/!/y, 'Write: not.'],
  [/=(?![=>])/y, 'Compare with ==; name a value with: let x = … in ….'],
  [/<>/y, 'Write: !=.'],
  [/\?(?!\?)/y, 'Write: if … then … else …. For a default in place of what is missing: ??.'],
  [/\.\[|\.(?=[A-Za-z_$])/y, 'Fields are read with a slash: /user/name, x/name.'],
  [/@/y, 'A field whose name has signs in it stands in quotes: /"@t".'],
  [/\$\./y, 'The event is $input, its fields /name.'],
  [/\*\*|\^/y, 'There is no power; multiply.'],
  [/\/\//y, 'For a default in place of what is missing, write ??. A key that is empty stands in quotes: /"".'],
  [/#/y, 'A comment begins with --.'],
  [/;/y, 'Bindings of a let are parted by commas.'],
  [/:/y, 'Parameters and values have no names here: give them in their order.'],
];

/** What to write in place of what stands at an offset, if it is known from elsewhere. */
export function foreignHint(text: string, offset: number): string | undefined {
  for (const [pattern, hint] of FOREIGN) {
    pattern.lastIndex = offset;
    if (pattern.test(text)) return hint;
  }
  return undefined;
}
