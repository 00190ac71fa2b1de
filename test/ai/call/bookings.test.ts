import { describe, expect, it } from 'vitest';
import { createBookings } from '../../../src/ai/call/bookings.js';

function pending(): { readonly promise: Promise<void>; readonly end: (error?: Error) => void } {
  let end!: (error?: Error) => void;
  const promise = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { promise, end };
}

describe('bookings', () => {
  it('are waited for until none is under way', async () => {
    const bookings = createBookings();
    const [a, b] = [pending(), pending()];
    bookings.add(a.promise);
    bookings.add(b.promise);
    const seen: string[] = [];
    const idle = bookings.idle().then(() => seen.push('idle'));
    a.end();
    await a.promise;
    seen.push('one has ended');
    b.end();
    await idle;
    expect(seen).toEqual(['one has ended', 'idle']);
  });

  it('keep calls waiting while there are too many of them', async () => {
    const bookings = createBookings();
    const all = Array.from({ length: 64 }, pending);
    for (const { promise } of all) bookings.add(promise);
    const seen: string[] = [];
    const room = bookings.room().then(() => seen.push('there is room'));
    await new Promise((resolve) => setImmediate(resolve));
    seen.push('one ends');
    all[0]?.end();
    await room;
    expect(seen).toEqual(['one ends', 'there is room']);
    for (const { end } of all) end();
    await bookings.idle();
  });

  it('let nothing be sent after one has failed, and say so at the end', async () => {
    const bookings = createBookings();
    const booking = pending();
    bookings.add(booking.promise);
    await bookings.room();
    booking.end(new Error('the disk is full'));
    await bookings.idle();
    await expect(bookings.room()).rejects.toThrow('the disk is full');
    expect(() => bookings.check()).toThrow('the disk is full');
  });
});
