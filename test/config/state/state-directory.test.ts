import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  defaultStateDirectory,
  sharedStateNotice,
  stateDirectoryWithoutConfig,
} from '../../../src/config/state/index.js';
import { scratch } from '../../support/cli.js';

/** A user with a project. */
function user(): { place: { home: string; env: Record<string, string> }; project: string; ofUser: string } {
  const home = scratch();
  const project = join(home, 'project');
  mkdirSync(project);
  return { place: { home, env: {} }, project, ofUser: join(home, '.local/state/colloquium') };
}

describe('where state is kept by default', () => {
  it('is beside the config, or with the user when there is none', () => {
    const { place, project, ofUser } = user();
    expect(defaultStateDirectory(project, place)).toBe(join(project, '.colloquium'));
    expect(stateDirectoryWithoutConfig(place)).toBe(join(ofUser, 'runs'));
    mkdirSync(join(ofUser, 'runs'), { recursive: true });
    expect(defaultStateDirectory(project, place)).toBe(join(project, '.colloquium'));
  });

  it('is where the environment says, whatever else there is', () => {
    const { place, project } = user();
    mkdirSync(join(project, '.colloquium'));
    const elsewhere = { ...place, env: { XDG_STATE_HOME: '/var/lib' } };
    expect(defaultStateDirectory(project, elsewhere)).toBe('/var/lib/colloquium');
    expect(stateDirectoryWithoutConfig(elsewhere)).toBe('/var/lib/colloquium');
    expect(defaultStateDirectory(project, { ...place, env: { XDG_STATE_HOME: 'relative' } })).toBe(
      join(project, '.colloquium'),
    );
  });

  it('goes on where version 0.1 kept it, and says so, until there is a folder beside the config', () => {
    const { place, project, ofUser } = user();
    mkdirSync(ofUser, { recursive: true });
    writeFileSync(join(ofUser, 'data.mdb'), '');
    expect(defaultStateDirectory(project, place)).toBe(ofUser);
    expect(stateDirectoryWithoutConfig(place)).toBe(ofUser);
    expect(sharedStateNotice(ofUser, project, place)).toContain(`move it to ${project}/.colloquium`);

    mkdirSync(join(project, '.colloquium'));
    expect(defaultStateDirectory(project, place)).toBe(join(project, '.colloquium'));
    expect(sharedStateNotice(join(project, '.colloquium'), project, place)).toBeUndefined();
  });

  it('stays where runs without a config have kept it, though a folder of version 0.1 appears', () => {
    const { place, ofUser } = user();
    mkdirSync(join(ofUser, 'runs'), { recursive: true });
    writeFileSync(join(ofUser, 'data.mdb'), '');
    expect(stateDirectoryWithoutConfig(place)).toBe(join(ofUser, 'runs'));
  });
});
