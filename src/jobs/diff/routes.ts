import type { OutputPlan } from '../../config/index.js';
import { groupOf, type NameField } from '../../files/names/index.js';
import { fileOf, outputKinds } from '../../sinks/kinds/index.js';
import { outputNames } from '../outputs/output-names.js';

/** An output of one side, under the name that it has on both. */
export interface NamedOutput {
  readonly name: string;
  /** The fields that select a file, for an output that has a file per key. */
  readonly filesBy?: readonly NameField[] | undefined;
}

export function namedOutputs(outputs: readonly OutputPlan[]): readonly NamedOutput[] {
  const names = outputNames(outputs);
  return outputs.map((output, index) => ({ name: names[index] ?? '', filesBy: output.filesBy }));
}

/**
 * Names the outputs of the old side as those of the new side: that of the same place, else, in their order, those that have no
 * such partner. So `label.ndjson` and `label_v2.ndjson` of two pipelines do not differ.
 */
export function namedLike(olds: readonly OutputPlan[], news: readonly OutputPlan[]): readonly NamedOutput[] {
  const taken = new Set(namedOutputs(news).map(({ name }) => name));
  const partners = new Map(namedOutputs(news).map((named, index) => [placeOf(news[index]), named]));
  const places = new Set(olds.map(placeOf));
  const alone = [...partners].flatMap(([place, named]) => (places.has(place) ? [] : [named]));
  return namedOutputs(olds).map((own, index) => {
    const place = placeOf(olds[index]);
    const partner = partners.get(place) ?? alone.shift();
    return { ...own, name: partner?.name ?? (taken.has(own.name) ? place : own.name) };
  });
}

/** Which of an output's files an event goes to, in a word. @param key its routing key */
export function routeOf({ name, filesBy }: NamedOutput, key: string | undefined, timestamp: number): string {
  const group = filesBy === undefined ? '' : groupOf(filesBy, key, timestamp).replace(/^=/, '');
  return group === '' ? name : `${name} (${group})`;
}

function placeOf(output: OutputPlan | undefined): string {
  if (output === undefined) return '';
  const kind = outputKinds.of(output);
  return fileOf(output)?.file ?? (kind.to === 'nats' ? kind.subjectOf(output) : kind.kind);
}
