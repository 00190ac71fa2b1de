import { parsePointer, resolvePointer } from '../pointer/index.js';
import {
  canonicalText,
  entriesOf,
  isArray,
  isObject,
  orderedObject,
  spendSteps,
  spendText,
  spendUnits,
  type Effort,
  type Json,
} from '../value/index.js';
import type { PermutoOptions } from './options.js';

/** Maximum nesting depth of templates, in levels. */
export const TEMPLATE_DEPTH_MAX = 64;

const UNITS_PER_ELEMENT = 2;

/** Separates a placeholder's pointer from its default. */
const DEFAULT_MARK = ':-';

/** A placeholder's path is not in the context. */
export class TemplateMissingError extends Error {
  /** @param path the path as written in the placeholder */
  constructor(readonly path: string) {
    super(`nothing at ${JSON.stringify(path)} in the context`);
  }
}

/** The template is nested too deep. */
export class TemplateDepthError extends Error {}

/** The result for a member or element: a value, or nothing. */
type Filled = { readonly value: Json } | 'removed';

interface Filling {
  readonly context: Json;
  readonly options: PermutoOptions;
  readonly effort: Effort;
}

/**
 * Fills in a template. Keys are never replaced, and inserted values are not scanned again.
 *
 * @throws TemplateMissingError if a path is missing and the options say `error`
 * @throws TemplateDepthError beyond {@link TEMPLATE_DEPTH_MAX}
 * @throws EffortExceeded if the result grows larger than `effort` allows
 */
export function applyTemplate(template: Json, context: Json, options: PermutoOptions, effort: Effort): Json {
  const filled = fill(template, { context, options, effort }, 1);
  return filled === 'removed' ? template : filled.value;
}

function fill(template: Json, filling: Filling, depth: number): Filled {
  if (depth > TEMPLATE_DEPTH_MAX) {
    throw new TemplateDepthError(`the template is nested deeper than ${TEMPLATE_DEPTH_MAX} levels`);
  }
  if (typeof template === 'string') return fillString(template, filling);
  if (isArray(template)) {
    spendUnits(filling.effort, UNITS_PER_ELEMENT * template.length);
    spendSteps(filling.effort, template.length);
    const items: Json[] = [];
    for (const item of template) {
      const filled = fill(item, filling, depth + 1);
      if (filled !== 'removed') items.push(filled.value);
    }
    return { value: items };
  }
  if (isObject(template)) {
    const entries: [string, Json][] = [];
    for (const [key, member] of entriesOf(template, filling.effort)) {
      const filled = fill(member, filling, depth + 1);
      if (filled !== 'removed') entries.push([key, filled.value]);
    }
    return { value: orderedObject(entries, filling.effort) };
  }
  return { value: template };
}

function fillString(template: string, filling: Filling): Filled {
  const { options, effort } = filling;
  spendText(effort, template.length);
  const path = exactPlaceholder(template);
  if (path !== undefined) {
    const found = lookUp(path, filling);
    if (found !== undefined) return { value: found };
    // A key may contain a brace. If none does, this was text between two placeholders.
    if (!path.includes('}')) return missing(template, path, options);
  }
  if (!options.interpolation) return { value: template };
  return { value: interpolated(template, filling) };
}

/** Returns the text with its placeholders replaced. Each is looked up once, from left to right. */
function interpolated(template: string, filling: Filling): string {
  const { options, effort } = filling;
  const parts: string[] = [];
  const add = (part: string): void => {
    spendUnits(effort, part.length);
    spendSteps(effort, 1);
    parts.push(part);
  };
  let written = 0;
  let open = template.indexOf('${');
  while (open !== -1) {
    const start = open + 2;
    if (!template.startsWith('/', start) && !template.startsWith('}', start)) {
      open = template.indexOf('${', start);
      continue;
    }
    const close = template.indexOf('}', start);
    if (close === -1) break;
    const inner = template.slice(start, close);
    const found = lookUp(inner, filling);
    if (found === undefined && options.missing === 'error') throw new TemplateMissingError(inner);
    if (found !== undefined) {
      add(template.slice(written, open));
      add(typeof found === 'string' ? found : canonicalText(found, effort));
      written = close + 1;
    }
    open = template.indexOf('${', close + 1);
  }
  add(template.slice(written));
  return parts.join('');
}

/** Returns the value of a placeholder, including its default; undefined if there is none. */
function lookUp(inner: string, { context, options }: Filling): Json | undefined {
  const found = resolvePointer(context, parsePointer(inner), { arraySegment: false });
  const end = inner.indexOf(DEFAULT_MARK);
  if (found !== undefined || options.defaults !== true || end === -1 || inner.includes('}')) return found;
  const named = resolvePointer(context, parsePointer(inner.slice(0, end)), { arraySegment: false });
  return named === undefined || named === null || named === '' ? inner.slice(end + DEFAULT_MARK.length) : named;
}

/** Returns the pointer in a string that consists of a single placeholder. */
function exactPlaceholder(text: string): string | undefined {
  if (!text.startsWith('${') || !text.endsWith('}')) return undefined;
  const path = text.slice(2, -1);
  return path === '' || path.startsWith('/') ? path : undefined;
}

function missing(template: string, path: string, options: PermutoOptions): Filled {
  if (options.missing === 'error') throw new TemplateMissingError(path);
  return options.missing === 'remove' ? 'removed' : { value: template };
}
