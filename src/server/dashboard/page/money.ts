import { at, bar, make, showTable } from './elements.js';
import type { Samples } from './samples.js';
import { count, money, seconds } from './words.js';

/** Shows what AI calls cost today and the state of the providers; shows nothing without providers. */
export function showMoney(now: Samples): void {
  const providers = now.valuesOf('ai_breaker_state', 'provider');
  for (const part of document.querySelectorAll<HTMLElement>('.money')) part.hidden = providers.length === 0;
  if (providers.length === 0) return;
  showBudget(now);
  showSpending(now);
  showProviders(now, providers);
}

function showBudget(now: Samples): void {
  const ofAll = <T extends readonly unknown[]>(
    all: readonly (readonly [string, Readonly<Record<string, string>>, ...T])[],
  ) => all.find(([, { pipeline }]) => pipeline === undefined);
  const spent = ofAll(now.all('ai_budget_spent_usd'))?.[2] ?? now.sum('ai_spent_today_usd');
  const limit = ofAll(now.all('ai_budget_limit_usd'))?.[2];
  const left = ofAll(now.all('ai_budget_left_usd'))?.[2];
  at('spent').textContent = money(spent);
  at('spent-of').textContent = limit === undefined ? 'no budget is set' : `of ${money(limit)} a day`;
  const words =
    limit === undefined ? `${money(spent)} today` : `${money(spent)} of ${money(limit)}; ${money(left ?? 0)} left`;
  at('budget').replaceChildren(
    ...(limit === undefined ? [] : [bar(limit === 0 ? 1 : spent / limit)]),
    make('p', { class: 'faint', text: words }),
  );
}

function showSpending(now: Samples): void {
  const rows = now
    .all('ai_spent_today_usd')
    .toSorted(([, , a], [, , b]) => b - a)
    .map(([, { provider = '', model = '' }, usd]) => [provider, model, money(usd)]);
  showTable('spending', ['Provider', 'Model', 'Today'], rows, 'Nothing was spent today.');
}

function showProviders(now: Samples, providers: readonly string[]): void {
  at('providers').replaceChildren(...providers.map((provider) => providerPart(now, provider)));
}

function providerPart(now: Samples, provider: string): HTMLElement {
  const states = now.all('ai_breaker_state', { provider });
  const state = states.find(([, , isSo]) => isSo === 1)?.[1]['state'] ?? 'closed';
  const isUp = state === 'closed';
  const latency = now.value('ai_recent_latency_seconds', { provider });
  const words = isUp ? `up · answers in ${seconds(latency)}` : `breaker ${state.replace('_', ' ')}`;
  const dot = make('span', { class: `dot ${isUp ? 'good' : 'bad'}` });
  const name = make(
    'p',
    {},
    dot,
    make('strong', { text: provider }),
    make('span', { class: 'faint', text: ` ${words}` }),
  );
  return make(
    'div',
    { class: 'provider' },
    name,
    ...['requests', 'tokens'].flatMap((kind) => limitPart(now, provider, kind)),
    ...failuresPart(now, provider),
  );
}

/** Failed requests, by class of error. */
function failuresPart(now: Samples, provider: string): readonly HTMLElement[] {
  const byClass = new Map<string, number>();
  for (const [, { outcome = '' }, requests] of now.all('ai_requests_total', { provider }))
    if (outcome !== 'answered') byClass.set(outcome, (byClass.get(outcome) ?? 0) + requests);
  if (byClass.size === 0) return [];
  const words = [...byClass]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, requests]) => `${count(requests)} ${outcome}`);
  return [make('p', { class: 'faint', text: `failed: ${words.join(', ')}` })];
}

function limitPart(now: Samples, provider: string, kind: string): readonly HTMLElement[] {
  const limit = now.value('ai_limit_per_minute', { provider, kind });
  const used = now.value('ai_used_per_minute', { provider, kind }) ?? 0;
  if (limit === undefined) return [];
  const text = `${count(used)} of ${count(limit)} ${kind} a minute`;
  return [bar(limit === 0 ? 1 : used / limit), make('p', { class: 'faint', text })];
}
