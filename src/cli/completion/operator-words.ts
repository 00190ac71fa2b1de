import { operatorGroups, operators } from 'computo-js';

/** The arguments of `colloquium operators`: families and operators. */
export function operatorWords(): readonly string[] {
  const titles = operatorGroups().map(({ title }) => title);
  return [...titles.filter((title) => !title.includes(' ')), ...operators().map(({ name }) => name)];
}
