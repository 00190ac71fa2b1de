import { Option } from 'commander';
import { repeatable } from './repeatable-option.js';

/** `--filter`, which may be given several times: events pass the filters in order. */
export function filterOption(): Option {
  const words = 'only events for which this script, text or JSON, gives a truthy value; several are applied in order';
  return repeatable(new Option('--filter <computo>', words), (text) => text);
}
