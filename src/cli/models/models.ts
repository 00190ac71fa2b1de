import { knownModels, PRICES_FROM, type KnownModel } from '../../ai/money/index.js';
import { providerKinds, vendors } from '../../ai/provider/kinds/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { print } from '../terminal/print.js';
import { table, type Column } from '../terminal/table.js';

export interface ModelsFlags {
  readonly search?: string;
  readonly format: 'text' | 'json';
}

const COLUMNS: readonly Column[] = [
  { title: 'provider', align: 'left' },
  { title: 'model', align: 'left' },
  { title: 'input $/M', align: 'right' },
  { title: 'cached', align: 'right' },
  { title: 'output $/M', align: 'right' },
  { title: 'context', align: 'right' },
  { title: 'modalities', align: 'left' },
];

/**
 * Lists the models in the price table, of the providers that a run finds by a key in the environment.
 *
 * @throws UserError if no model matches the search word
 */
export async function showModels({ search, format }: ModelsFlags): Promise<ExitCode> {
  const word = search?.toLowerCase();
  const all = await knownModels(vendors.map(vendorOf), Date.now());
  const found = all.filter(
    ({ provider, model }) => word === undefined || `${provider} ${model}`.toLowerCase().includes(word),
  );
  if (found.length === 0) {
    const hint = 'a model that is not listed is used all the same: cost_per_token in the config gives its price';
    throw new UserError(`no known model has ${JSON.stringify(search)} in its name`, EXIT.usage, hint);
  }
  await print(format === 'json' ? found.map(line).join('') : `${table(COLUMNS, found.map(cells))}${legend(found)}`);
  return EXIT.ok;
}

function vendorOf({ name, kind, baseUrl }: (typeof vendors)[number]) {
  const wire = providerKinds.of({ kind });
  return { name, vendor: wire.vendor(baseUrl ?? wire.baseUrl ?? '') };
}

function line({ contextWindow, cacheRead, ...model }: KnownModel): string {
  return `${JSON.stringify({ ...model, cache_read: cacheRead, context_window: contextWindow })}\n`;
}

function cells({ provider, model, tiered, modalities, deprecated, ...figures }: KnownModel): readonly string[] {
  const { input, output, cacheRead, contextWindow } = figures;
  return [
    provider,
    deprecated ? `${model} (deprecated)` : model,
    `${shown(input)}${tiered ? '+' : ''}`,
    shown(cacheRead),
    `${shown(output)}${tiered ? '+' : ''}`,
    contextWindow === null ? '' : contextWindow.toLocaleString('en-US'),
    modalities.join(', '),
  ];
}

function shown(price: number | null): string {
  return price === null ? '' : String(price);
}

function legend(models: readonly KnownModel[]): string {
  const tiers = models.some(({ tiered }) => tiered) ? '; + long requests cost more for each token' : '';
  return `\n${models.length} models; US dollars per million tokens today, from ${PRICES_FROM}${tiers}\n`;
}
