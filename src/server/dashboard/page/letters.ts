import type { LetterGroup, LettersLook } from '../letters.js';
import { at, make, say } from './elements.js';
import { count, dateAndTime } from './words.js';

/** The daemon reads files for it: not more often than this. */
const LOOK_INTERVAL_MS = 3000;

let shownFor = -1;
let lookedAt = 0;

/** A group's parts on the page, kept so that an open example stays open, and the focus where it is. */
interface Item {
  readonly element: HTMLElement;
  readonly update: (group: LetterGroup) => void;
}
const items = new Map<string, Item>();

/** Refreshes the reasons when there are new dead letters. @param total dead letters so far */
export async function showLetters(total: number): Promise<void> {
  if (total === shownFor || Date.now() - lookedAt < LOOK_INTERVAL_MS) return;
  lookedAt = Date.now();
  const answer = await fetch('dead-letters');
  if (!answer.ok) return;
  shownFor = total;
  show((await answer.json()) as LettersLook);
}

/** Makes the next refresh look again. */
export function forgetShown(): void {
  shownFor = -1;
  lookedAt = 0;
}

function show({ groups, looked, whole }: LettersLook): void {
  const counted = `${whole ? '' : 'the newest '}${count(looked)} in the files`;
  say(
    'letters-looked',
    looked === 0 ? '' : `Of ${counted}, by reason. Letters stay in their files when they are retried.`,
  );
  const keys = groups.map(keyOf);
  for (const key of items.keys()) if (!keys.includes(key)) items.delete(key);
  const elements = groups.map((group, i) => {
    const key = keys[i] ?? '';
    let item = items.get(key);
    if (item === undefined) items.set(key, (item = groupPart()));
    item.update(group);
    return item.element;
  });
  if (elements.length === 0) elements.push(make('li', { class: 'empty', text: 'None.' }));
  const list = at('letter-list');
  const isSame = elements.length === list.children.length && elements.every((one, i) => list.children[i] === one);
  if (!isSame) list.replaceChildren(...elements);
}

function keyOf({ pipeline, stage, kind, reason, example: { at: place } }: LetterGroup): string {
  return JSON.stringify([pipeline, stage, kind, reason, place]);
}

function groupPart(): Item {
  const howMany = make('strong', { class: 'how-many' });
  const kind = make('span', { class: 'kind' });
  const where = make('span', { class: 'faint' });
  const message = make('p');
  const about = make('p', { class: 'faint' });
  const excerpt = make('code');
  const details = make('details', {}, make('summary', { text: 'Newest example' }), about, excerpt);
  return {
    element: make('li', {}, howMany, kind, where, message, details),
    update({ pipeline, stage, kind: what, count: letters, example }) {
      const { id, timestamp, retry_count: retries, at: place } = example;
      howMany.textContent = `${count(letters)}×`;
      kind.textContent = what;
      where.textContent = [pipeline, ...(stage === null ? [] : [stage]), ...(place === null ? [] : [place])].join(
        ' › ',
      );
      message.textContent = example.message;
      const again = retries === 0 ? [] : [`retried ${retries}×`];
      const when = timestamp === null ? [] : [dateAndTime(timestamp)];
      about.textContent = [...when, ...(id === null ? ['not an event'] : [id]), ...again].join(' · ');
      excerpt.textContent = example.excerpt;
    },
  };
}
