import { InvalidArgumentError, Option } from 'commander';

/** `--out`. */
export function outOption(): Option {
  return new Option(
    '--out <format>',
    'ndjson, csv, tsv or text (texts without quotes, all else as JSON); CSV and TSV begin with a header',
  );
}

/** `--columns`. */
export function columnsOption(): Option {
  return new Option(
    '--columns <names>',
    'with --out csv or tsv: the columns, like id,name; else the keys of the first event',
  ).argParser(names);
}

/** `-r`. */
export function rawOption(): Option {
  return new Option('-r, --raw-output', 'the same as --out text, as jq -r');
}

function names(text: string): readonly string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names such as id,name.');
  return list;
}
