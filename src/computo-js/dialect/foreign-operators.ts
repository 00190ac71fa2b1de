import type { Hint } from '../hint.js';

/** What our operators are called in jq, SQL, JavaScript, Python, VRL, Bloblang and Lisp. */
const WORDS: Readonly<Record<string, string>> = {
  '==': '= === eq equals is',
  '!=': '!== <> ne neq',
  '>': 'gt',
  '>=': 'gte ge',
  '<': 'lt',
  '<=': 'lte le',
  and: '&& & AND',
  or: '|| | OR',
  not: '! NOT',
  '+': 'plus',
  '-': 'minus sub subtract',
  '*': 'multiply mul',
  '/': 'div divide',
  '%': 'mod modulo rem',
  if: 'cond iff when case switch',
  let: 'var const def',
  lambda: 'fn fun func function',
  $inputs: 'inputs context metadata',
  strConcat: 'concat concatenate ++ . format sprintf',
  join: 'implode',
  count: 'length len size cardinality',
  car: 'first head',
  cdr: 'rest tail',
  cons: 'prepend unshift',
  append: 'concat push extend',
  map: 'each forEach for_each collect for',
  filter: 'select where grep keep',
  reduce: 'fold foldl inject aggregate',
  some: 'any',
  every: 'all',
  flatMap: 'flat_map mapcat',
  mapWithIndex: 'map_with_index',
  sort: 'sort_by sortBy order_by orderBy sorted',
  unique: 'uniq distinct dedupe unique_by',
  reverse: 'reversed',
  enumerate: 'with_index',
  keys: 'keys_unsorted',
  obj: 'object dict hash struct',
  objFromPairs: 'from_entries fromEntries fromPairs',
  pick: 'only include',
  omit: 'except exclude without',
  merge: 'spread',
  'value.or': '?? // coalesce default ifnull nvl orElse',
  'value.try': 'try catch rescue',
  'value.at': 'get nth path getpath last',
  'value.has': 'has exists defined isset',
  'value.type': 'type typeof is_string is_number is_array is_object',
  'value.set': 'set assign put setpath assoc',
  'value.update': 'update',
  'value.remove': 'del delete unset dissoc',
  'value.merge': 'deepMerge deep_merge',
  'value.compact': 'compact',
  'value.findAll': 'recurse',
  'text.length': 'length len size strlen',
  'text.lower': 'lowercase toLower to_lower toLowerCase ascii_downcase downcase',
  'text.upper': 'uppercase toUpper to_upper toUpperCase ascii_upcase upcase',
  'text.trim': 'strip',
  'text.slice': 'substr substring',
  'text.split': 'explode',
  'text.replace': 'gsub replaceAll sub',
  'text.contains': 'includes',
  'text.startsWith': 'startswith starts_with hasPrefix',
  'text.endsWith': 'endswith ends_with hasSuffix',
  'text.padStart': 'lpad zfill',
  'text.padEnd': 'rpad ljust',
  'text.of': 'str tostring toString to_string string String',
  'text.redact': 'mask',
  'regex.test': 'match matches',
  'regex.capture': 'parse_regex',
  'regex.findAll': 'scan matchAll',
  'regex.replace': 'sub gsub',
  'number.parse':
    'tonumber toNumber to_number to_int toInt int integer parseInt float to_float parseFloat Number number',
  'number.floor': 'trunc',
  'number.ceil': 'ceiling',
  'number.text': 'toFixed',
  'list.sum': 'add total',
  'list.mean': 'avg average',
  'list.has': 'includes contains member',
  'list.indexOf': 'index_of find_index',
  'list.slice': 'take drop',
  'list.flat': 'flatten',
  'list.group': 'group_by groupBy',
  'list.range': 'seq',
  'list.common': 'intersect intersection',
  'list.without': 'difference',
  'object.entries': 'to_entries toEntries items pairs',
  'object.mapValues': 'map_values with_entries',
  'object.mapKeys': 'map_keys',
  'object.filter': 'pickBy',
  'object.flatten': 'flatten',
  'json.parse': 'fromjson from_json parse_json',
  'json.text': 'tojson to_json encode_json json_encode',
  'url.parse': 'parse_url',
  'query.parse': 'parse_query_string',
  'csv.parse': 'parse_csv',
  'logfmt.parse': 'parse_logfmt parse_key_value',
  'hash.sha256': 'sha2 md5 sha1 digest hmac',
  'hash.bucket': 'shard sample',
  'table.get': 'lookup vlookup enrich get_enrichment_table_record',
  'base64.encode': 'encode_base64 btoa',
  'base64.decode': 'decode_base64 atob',
  'time.parse': 'parse_timestamp parse_date strptime fromdate to_timestamp date',
  'time.format': 'strftime date_format format_timestamp todate toISOString',
  'time.floor': 'date_trunc',
  'time.add': 'date_add',
  'time.diff': 'date_diff datediff',
};

const PURE = 'A script gives the same for the same event each time: it has no';

/** Hints for words of other languages that have no operator here. */
const NOTES: Readonly<Record<string, Hint>> = {
  ...same(
    'now today current_timestamp timestamp',
    written('$inputs/1/timestamp', '["$inputs", "/1/timestamp"]', 'The time at which the event came in is', 'clock'),
  ),
  ...same(
    'uuid random rand',
    written('$inputs/1/event_id', '["$inputs", "/1/event_id"]', 'The id of the event is', 'chance'),
  ),
  ...same('env getenv', `${PURE} environment.`),
  ...same('print log debug', 'A script prints nothing: what it gives is written.'),
  ...same('pow power ** ^', 'There is no power; multiply.'),
};

function written(text: string, json: string, what: string, lacks: string): Hint {
  return (form) => `${what} ${form === 'text' ? text : json}. ${PURE} ${lacks}.`;
}

function same(words: string, hint: Hint): Record<string, Hint> {
  return Object.fromEntries(words.split(' ').map((word) => [word, hint]));
}

let oursByWord: Map<string, readonly string[]> | undefined;

/**
 * Returns the operators that a word of another language may mean, and those that have the word as their verb.
 *
 * @param names the names of all operators
 */
export function oursOf(word: string, names: Iterable<string>): readonly string[] {
  oursByWord ??= tableOf();
  const known = new Set(names);
  const verbs = [...known].filter((name) => name.endsWith(`.${word}`) && name.length > word.length + 1);
  return [...new Set([...(oursByWord.get(word) ?? []), ...verbs])].filter((name) => known.has(name));
}

/** Returns a hint about a word that has no operator here, if there is one. */
export function noteOn(word: string): Hint | undefined {
  return Object.hasOwn(NOTES, word) ? NOTES[word] : undefined;
}

/** Returns what an operator is called in other languages. */
export function wordsFor(name: string): readonly string[] {
  return Object.hasOwn(WORDS, name) ? (WORDS[name]?.split(' ') ?? []) : [];
}

function tableOf(): Map<string, readonly string[]> {
  const table = new Map<string, string[]>();
  for (const [ours, words] of Object.entries(WORDS)) {
    for (const word of words.split(' ')) table.set(word, [...(table.get(word) ?? []), ours]);
  }
  return table;
}
