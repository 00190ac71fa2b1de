import { afterEach, beforeEach } from 'vitest';

/** What each test has one of, for itself: opened before it, and closed behind it. To be used within tests only. */
export function perTest<T extends { close(): Promise<void> }>(open: () => T): T {
  let current: T | undefined;
  beforeEach(() => {
    current = open();
  });
  afterEach(async () => {
    await current?.close();
    current = undefined;
  });
  return new Proxy({} as T, {
    get(_target, key) {
      if (current === undefined) throw new Error('it is there in tests only');
      return Reflect.get(current, key) as unknown;
    },
  });
}
