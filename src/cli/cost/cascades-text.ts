import { knownCost, type CascadeCost } from '../../ai/index.js';
import { amountColumn, showAmount } from '../../ai/money/index.js';
import { table, type Column } from '../terminal/table.js';
import { cells, NUMBERS } from './figures.js';

const HEAD: readonly Column[] = [
  { title: 'cascade', align: 'left' },
  { title: 'step', align: 'right' },
  { title: 'model', align: 'left' },
  ...NUMBERS,
];

/** Returns, as text for people, what each step of each cascade cost, and what its last model would have cost for all rows. */
export function cascadesText(cascades: readonly CascadeCost[]): string {
  if (cascades.length === 0) return '';
  const rows = cascades.flatMap(({ pipeline, stage, steps }) =>
    steps.map(({ step, model, totals }) => ({ label: [`${pipeline}/${stage}`, String(step), model], totals })),
  );
  const amounts = amountColumn(rows.map(({ totals }) => knownCost(totals)));
  const lines = rows.map(({ label, totals }, i) => [...label, ...cells(totals, amounts[i] ?? '')]);
  return `\n${table(HEAD, lines)}${cascades.map(comparison).join('')}`;
}

function comparison({ pipeline, stage, last, cost, allAtLast }: CascadeCost): string {
  const where = `${pipeline}/${stage}`;
  if (allAtLast === null) return `${where}: what ${last} would have cost for all rows is not known: it has no price\n`;
  return `${where}: ${showAmount(cost)}; ${last} for all rows: about ${showAmount(allAtLast)}, by the tokens of step 1\n`;
}
