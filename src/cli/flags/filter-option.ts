import { Option } from 'commander';

/** `--filter`, which may be given several times: events pass them in their order. */
export function filterOption(): Option {
  const words = 'only events for which this script, text or JSON, gives a truthy value; several are applied in order';
  return repeatable(new Option('--filter <computo>', words));
}

const repeatables = new WeakSet<Option>();

/** Whether an option collects its values; of any other the last one would win silently. */
export function isRepeatable(option: Option): boolean {
  return repeatables.has(option);
}

function repeatable(option: Option): Option {
  repeatables.add(option);
  return option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
}
