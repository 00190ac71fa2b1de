/** An everyday job: how to write it as a script, and in jq, if jq can do it. */
export interface Recipe {
  readonly job: string;
  /** In the text form. */
  readonly text: string;
  readonly jq?: string;
}

/** Each recipe works on one event; a test runs them, and jq for comparison. */
export const RECIPES: readonly Recipe[] = [
  { job: 'project and rename nested fields', text: '{/id, who: /user/name}', jq: '{id, who: .user.name}' },
  {
    job: 'rename a field, keep the rest',
    text: 'merge(omit($input, ["message"]), {msg: /message})',
    jq: 'del(.message) + {msg: .message}',
  },
  { job: 'delete top-level fields', text: 'omit($input, ["a", "b"])', jq: 'del(.a, .b)' },
  { job: 'delete a nested field', text: 'value.remove($input, "/user/auth/password")', jq: 'del(.user.auth.password)' },
  { job: 'default for a missing field', text: '/tag ?? "none"', jq: '.tag // "none"' },
  { job: 'default for a missing nested field', text: '/user/geo/city ?? "unknown"', jq: '.user.geo.city // "unknown"' },
  {
    job: 'add 1 to a nested field',
    text: 'value.update($input, "/stats/hits/n", n => n + 1)',
    jq: '.stats.hits.n += 1',
  },
  {
    job: 'flatten a nested object to dotted keys',
    text: 'object.flatten($input)',
    jq: '[paths(scalars) as $p | {key: ($p | map(tostring) | join(".")), value: getpath($p)}] | from_entries',
  },
  {
    job: 'key/value list to object',
    text: 'objFromPairs(map(/tags, t => [t/k, t/v]))',
    jq: '.tags | map({(.k): .v}) | add',
  },
  {
    job: 'object to key/value list',
    text: 'map(object.entries($input), p => {key: p/0, value: p/1})',
    jq: 'to_entries',
  },
  { job: 'drop null members', text: 'value.compact($input)', jq: 'with_entries(select(.value != null))' },
  {
    job: 'lower-case all keys',
    text: 'object.mapKeys($input, k => text.lower(k))',
    jq: 'with_entries(.key |= ascii_downcase)',
  },
  { job: 'filter elements of an array', text: '/items |> filter(i => i/q > 0)', jq: '.items | map(select(.q > 0))' },
  {
    job: 'add a computed field to every element',
    text: 'merge($input, {items: map(/items, i => merge(i, {t: i/p * i/q}))})',
    jq: '.items |= map(. + {t: (.p * .q)})',
  },
  {
    job: 'total of an order',
    text: 'reduce(/items, (s, i) => s + i/p * i/q, 0)',
    jq: 'reduce .items[] as $i (0; . + $i.p * $i.q)',
  },
  {
    job: 'top 3 of an array by a field',
    text: 'list.slice(sort(/s, ["/n", "desc"]), 0, 3)',
    jq: '.s | sort_by(-.n) | .[:3]',
  },
  {
    job: 'count per group in an array',
    text: 'map(list.group(/e, x => x/c), g => {c: g/key, n: count(g/items)})',
    jq: '.e | group_by(.c) | map({c: .[0].c, n: length})',
  },
  { job: 'set difference of two lists', text: 'list.without(/a, /b)', jq: '.a - .b' },
  { job: 'unique by a field', text: '/i |> sort("/id") |> uniqueSorted("/id")', jq: '.i | unique_by(.id)' },
  { job: 'flatten an array of arrays', text: 'list.flat(/a)', jq: '.a | add' },
  {
    job: 'rows and a header to objects',
    text: 'map(/r, r => objFromPairs(zip(/h, r)))',
    jq: '.h as $h | .r | map([$h, .] | transpose | map({(.[0]): .[1]}) | add)',
  },
  {
    job: 'template string',
    text: '"Hello " ++ /name ++ ", " ++ /n ++ " items"',
    jq: '"Hello \\(.name), \\(.n) items"',
  },
  { job: 'join a list', text: 'join(/t, ",")', jq: '.t | join(",")' },
  {
    job: 'one of several, by conditions',
    text: 'if /s >= 500 then "server" else if /s >= 400 then "client" else "ok"',
    jq: 'if .s >= 500 then "server" elif .s >= 400 then "client" else "ok" end',
  },
  { job: 'whether a value is in a list', text: 'list.has(["error", "fatal"], /l)', jq: '.l | IN("error", "fatal")' },
  { job: 'field named by another field', text: '/m[/use]', jq: '.m[.use]' },
  {
    job: 'the first of three fields that is there',
    text: '/work ?? /mail ?? /home ?? null',
    jq: '.work // .mail // .home',
  },
  {
    job: 'one or a list, as a list',
    text: 'if value.type(/t) == "array" then /t else [/t]',
    jq: '.t | if type == "array" then . else [.] end',
  },
  {
    job: '0 where a value is of the wrong type',
    text: 'value.try(/p * /q, 0)',
    jq: 'if (.p | type) == "number" then .p * .q else 0 end',
  },
  {
    job: 'remove nulls at any depth',
    text: 'value.compact($input, "deep")',
    jq: 'walk(if type == "object" then with_entries(select(.value != null)) else . end)',
  },
  {
    job: 'all values of a key at any depth',
    text: 'value.findAll($input, "price")',
    jq: '[.. | objects | .price // empty]',
  },
  { job: 'deep merge of two objects', text: 'value.merge(/a, /b)', jq: '.a * .b' },
  { job: 'split a string', text: 'text.split(/t, ",")', jq: '.t | split(",")' },
  {
    job: 'lower case, trimmed',
    text: 'text.lower(text.trim(/e))',
    jq: '.e | gsub("^\\\\s+|\\\\s+$"; "") | ascii_downcase',
  },
  { job: 'replace in a string', text: 'text.replace(/p, "/", ".")', jq: '.p | gsub("/"; ".")' },
  { job: 'truncate a text to 10 characters', text: 'text.slice(/t, 0, 10) ++ "…"', jq: '.t[:10] + "…"' },
  { job: 'length of a text', text: 'text.length(/t)', jq: '.t | length' },
  { job: 'whether a text starts with another', text: 'text.startsWith(/p, "/api")', jq: '.p | startswith("/api")' },
  {
    job: 'regex capture from a log message',
    text: 'regex.capture(/m, "user=(?<u>\\\\w+) took (?<ms>\\\\d+)")',
    jq: '.m | capture("user=(?<u>\\\\w+) took (?<ms>\\\\d+)")',
  },
  { job: 'text to number', text: 'number.parse(/ms)', jq: '.ms | tonumber' },
  { job: 'JSON in a string', text: 'json.parse(/m)', jq: '.m | fromjson' },
  { job: 'value to a JSON text', text: 'json.text(/a)', jq: '.a | tojson' },
  {
    job: 'query parameters of a URL',
    text: 'url.parse(/u)/query',
    jq: '.u | split("?")[1] | split("&") | map(split("=") | {(.[0]): .[1]}) | add',
  },
  {
    job: 'seconds between two ISO times',
    text: '(time.parse(/b) - time.parse(/a)) / 1000',
    jq: '(.b | fromdate) - (.a | fromdate)',
  },
  { job: 'epoch seconds to a date', text: 'time.format(/t * 1000, "%Y-%m-%d")', jq: '.t | strftime("%Y-%m-%d")' },
  { job: 'an epoch time, rounded down to the hour', text: '/t - /t % 3600', jq: '.t - .t % 3600' },
  { job: 'round to 2 decimals', text: 'number.round(/p, 2)', jq: '(.p * 100 | round) / 100' },
  {
    job: 'keep a number within bounds',
    text: 'number.max(number.min(number.abs(/x), 100), 10)',
    jq: '[([.x | fabs, 100] | min), 10] | max',
  },
  {
    job: 'pad a number with zeros',
    text: 'text.padStart(text.of(/n), 6, "0")',
    jq: '.n | tostring | "000000"[:6 - length] + .',
  },
  { job: 'redact emails and card numbers in a text', text: 'text.redact(/t, ["email", "card"])' },
  { job: 'hash an id', text: 'hash.sha256(/id)' },
  { job: 'base64 decode', text: 'base64.decode(/b)', jq: '.b | @base64d' },
  { job: 'an id and the time of arrival', text: 'merge($input, {id: $inputs/1/event_id, at: $inputs/1/timestamp})' },
];

/** The page of recipes, as `colloquium help recipes` prints it. */
export function recipesPage(): string {
  return RECIPES.map(({ job, text, jq }) => {
    const beside = jq === undefined ? '' : `  jq          ${jq}\n`;
    return `${job}\n  colloquium  ${text}\n${beside}`;
  }).join('\n');
}
