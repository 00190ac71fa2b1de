import { basename, extname } from 'node:path';
import { ConfigError } from '../diagnostic/index.js';
import { blameFile, diagnose, parseJsonSource, readText, type ParsedSource, type SourceNode } from '../source/index.js';

/** The most levels of nesting in a config. */
const DEPTH_MAX = 1000;

/**
 * Reads a config file of any kind that {@link discoverConfig} finds.
 *
 * @throws ConfigError if it can't be read or parsed
 */
export async function readDocument(path: string): Promise<ParsedSource> {
  switch (extname(path)) {
    case '.js':
    case '.mjs':
    case '.cjs':
    case '.ts': {
      const [{ valueSource }, { importConfig }] = await Promise.all([
        import('../source/javascript.js'),
        import('./import-config.js'),
      ]);
      return asMap(valueSource(path, await importConfig(path), DEPTH_MAX));
    }
    case '.json':
    case '.jsonc':
      return fromJson(path, await readText(path));
    default: {
      const text = await readText(path);
      const { parseYamlSource } = await import('../source/yaml.js');
      return asMap(parseYamlSource(path, text, DEPTH_MAX));
    }
  }
}

function fromJson(path: string, text: string): ParsedSource {
  const isPackage = basename(path) === 'package.json';
  // A file with only white space is an empty config, as in YAML.
  if (text.trim() === '')
    return asMap({ document: { file: path, text, root: { value: null, start: 0, end: 0 } }, warnings: [] });
  const source = parseJsonSource(path, text, { depthMax: DEPTH_MAX, repeatedKeys: isPackage ? 'warning' : 'error' });
  if (!isPackage) return asMap(source);
  const own = source.document.root.entries?.get('colloquium')?.node;
  if (own === undefined) {
    throw new ConfigError([
      blameFile(path)('missing-key', 'no key "colloquium" in this package.json', 'add it, or name another file'),
    ]);
  }
  return asMap({ document: { ...source.document, root: own }, warnings: [] });
}

/** A config is a map. An empty file counts as an empty map, with a warning, because that is hardly intended. */
function asMap(source: ParsedSource): ParsedSource {
  const { document, warnings } = source;
  const { root } = document;
  if (root.entries !== undefined) return source;
  if (root.value !== null) {
    const finding = { severity: 'error', code: 'invalid-value', message: 'expected a map of settings' } as const;
    throw new ConfigError([diagnose(document, '', finding)]);
  }
  const empty: SourceNode = { value: {}, start: root.start, end: root.end, entries: new Map() };
  const finding = {
    severity: 'warning',
    code: 'empty-config',
    message: 'the config is empty: every setting is at its default',
  } as const;
  return { document: { ...document, root: empty }, warnings: [...warnings, diagnose(document, '', finding)] };
}
