import { operatorGroups, operators } from 'computo-js';

/** What `colloquium operators` takes: the families, and the operators. */
export function operatorWords(): readonly string[] {
  const titles = operatorGroups().map(({ title }) => title);
  return [...titles.filter((title) => !title.includes(' ')), ...operators().map(({ name }) => name)];
}
