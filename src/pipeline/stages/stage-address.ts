import type { StagePlan } from '../../config/index.js';
import { stageHash } from './stage-hash.js';

const BETWEEN = '~';
const HASH_DIGITS = 8;

/**
 * What a dead letter calls the stage that it goes on behind, also when other stages have come or gone by then: its name; where
 * nobody has given it one, its place is in the name, and what the stage does is added.
 */
export function stageAddress(stage: StagePlan): string {
  return isNamed(stage) ? stage.name : `${stage.name}${BETWEEN}${shortHash(stage)}`;
}

/** @returns the place of the stage that is meant, from 0; undefined: none is, or more than one may be */
export function stageAt(stages: readonly StagePlan[], address: string): number | undefined {
  const [name, hash] = address.split(BETWEEN);
  const isMeant = (stage: StagePlan): boolean => hash === undefined || (!isNamed(stage) && shortHash(stage) === hash);
  const byName = stages.findIndex((stage) => stage.name === name && isMeant(stage));
  if (byName !== -1) return byName;
  const moved = hash === undefined ? [] : stages.flatMap((stage, at) => (isMeant(stage) ? [at] : []));
  return moved.length === 1 ? moved[0] : undefined;
}

function isNamed({ name, kind }: StagePlan): boolean {
  return !(name.startsWith(`${kind}-`) && /^\d+$/.test(name.slice(kind.length + 1)));
}

function shortHash(stage: StagePlan): string {
  return stageHash(stage).slice(0, HASH_DIGITS);
}
