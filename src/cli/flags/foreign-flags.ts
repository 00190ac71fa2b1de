const inConfig = (stage: string, name: string): string =>
  `it stands in a config: ${stage}; colloquium stages ${name} explains it`;

/** Flags that other tools have, or that a newcomer may try, and what to use here instead. */
export const FOREIGN_FLAGS: Readonly<Record<string, string>> = {
  '--within': inConfig('{ dedupe: /id, within: 1h }', 'dedupe'),
  '--throttle': inConfig('{ throttle: 100/1m, by: /user }', 'throttle'),
  '--batch': inConfig('{ batch: { size: 20 } }', 'batch'),
  '--fold': inConfig('{ fold: previous }', 'fold'),
  '--aggregate': inConfig('{ aggregate: { values: { n: count } } }', 'aggregate'),
  '--every': inConfig('{ every: 10 }, or a window: { aggregate: { every: 1m, … } }', 'aggregate'),
  '--window': inConfig('{ aggregate: { every: 1m, values: { n: count } } }', 'aggregate'),
  '--group-by':
    '--count-by counts by a value; sums and means are the stage aggregate of a config: colloquium stages aggregate',
  '--top': '--count-by has the most frequent first: colloquium --count-by /level in.ndjson | head -n 3',
  '--unnest': '--explode /items makes an event of each element of a list',
  '--flatten': '--explode /items makes an event of each element of a list',
  '--uniq': '--dedupe /id lets the first of equal events pass',
  '--unique': '--dedupe /id lets the first of equal events pass',
  '--sort': 'no stage sorts all events: --count-by has the most frequent first, the operator sort sorts a list',
  '--head': '--limit 10 stops after so many input events; | head stops after so many lines of output',
  '--tail': '| tail has the last lines of output; --follow reads what is appended to a file',
  '--ojson': '--out ndjson, which is what is written where nothing else is said',
  '--ojsonl': '--out ndjson, which is what is written where nothing else is said',
  '--ocsv': '--out csv',
  '--otsv': '--out tsv',
  '--icsv': '--in csv, which a name that ends in .csv says by itself',
  '--itsv': '--in tsv, which a name that ends in .tsv says by itself',
  '--ijson': '--in json for values in any layout, --in ndjson for lines',
  '--ijsonl': '--in ndjson, which is what is read where nothing else is said',
};
