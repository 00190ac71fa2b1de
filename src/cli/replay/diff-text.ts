import { visible, type Palette } from '../../config/diagnostic/index.js';
import { OUTCOMES, type DiffSummary, type EventDiff, type RouteChange } from '../../jobs/diff/index.js';
import { stringifyJson, type JsonChange } from '../../json/index.js';
import { grouped } from '../terminal/grouped.js';

const VALUE_MAX = 200;

/** An event for people: what became of it, and each change on a line; nothing for one that is the same. */
export function eventText({ id, pipeline, outcome, changes, routes, reason }: EventDiff, palette: Palette): string {
  if (outcome === 'same') return '';
  const why = reason === undefined ? '' : `: ${reason}`;
  const head = `${palette.place(id)} ${palette.faint(pipeline)} ${colourOf(outcome, palette)(outcome)}${visible(why)}\n`;
  const lines = [
    ...changes.map((change) => changeText(change, palette)),
    ...routes.map((route) => routeText(route, palette)),
  ];
  return head + lines.map((line) => `  ${line}\n`).join('');
}

/** An event as a line of JSON. */
export function eventJson({ id, pipeline, outcome, changes, routes, reason }: EventDiff): string {
  const [was, is] = ['from', 'to'] as const;
  const each = changes.map((change) => ({
    pointer: change.pointer,
    ...(change.from !== undefined && { [was]: raw(change.from) }),
    ...(change.to !== undefined && { [is]: raw(change.to) }),
  }));
  return `${JSON.stringify({ id, pipeline, outcome, ...(each.length > 0 && { changes: each }), ...(routes.length > 0 && { routes }), ...(reason !== undefined && { reason }) })}\n`;
}

/** The counts, and the places that changed most. */
export function summaryText({ counts, rerouted, pointers }: DiffSummary): string {
  const told = OUTCOMES.filter((outcome) => outcome !== 'unknown before' || counts[outcome] > 0);
  const parts = told.map((outcome) => `${grouped(counts[outcome])} ${outcome}`);
  const places = pointers.map(({ pointer, events }) => `  ${pointer === '' ? '(all)' : pointer}: ${grouped(events)}\n`);
  if (rerouted > 0) places.unshift(`  (outputs): ${grouped(rerouted)}\n`);
  return `${parts.join(', ')}\n${places.length === 0 ? '' : `most changed:\n${places.join('')}`}`;
}

export function summaryJson({ counts, rerouted, pointers }: DiffSummary): string {
  return `${JSON.stringify({ summary: counts, rerouted, pointers })}\n`;
}

function changeText({ pointer, from, to }: JsonChange, palette: Palette): string {
  const place = pointer === '' ? '(all)' : pointer;
  const [was, is] = [shown(from), shown(to)];
  return `${visible(place)}: ${palette.error(visible(was))} → ${palette.hint(visible(is))}`;
}

/** Which outputs take the event, or some of its parts, before and now. */
function routeText({ from, to, parts }: RouteChange, palette: Palette): string {
  const [was, is] = [from, to].map((names) => visible(names.length === 0 ? '(none)' : names.join(', ')));
  const count = parts === undefined ? '' : ` (${parts === 1 ? '1 part' : `${grouped(parts)} parts`})`;
  return `(outputs): ${palette.error(was ?? '')} → ${palette.hint(is ?? '')}${count}`;
}

function colourOf(outcome: EventDiff['outcome'], palette: Palette): (text: string) => string {
  return outcome === 'now fails' || outcome === 'now unrouted'
    ? palette.error
    : outcome === 'no longer fails'
      ? palette.hint
      : palette.warning;
}

function shown(value: JsonChange['from']): string {
  if (value === undefined) return '(nothing)';
  const text = stringifyJson(value);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text;
}

function raw(value: NonNullable<JsonChange['from']> | null): unknown {
  return JSON.parse(stringifyJson(value)) as unknown;
}
