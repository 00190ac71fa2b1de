import { expect, it } from 'vitest';
import { diffJson, parseJson } from '../../src/json/index.js';

const diff = (from: string, to: string) => diffJson(parseJson(from), parseJson(to));

it('finds every place in which two values differ, by pointer', () => {
  expect(diff('{"a":1,"b":[1,{"c":2}],"d~/":null}', '{"b":[1,{"c":3},4],"a":1.0,"e":true}')).toEqual([
    { pointer: '/b/1/c', from: 2, to: 3 },
    { pointer: '/b/2', to: 4 },
    { pointer: '/d~0~1', from: null },
    { pointer: '/e', to: true },
  ]);
});

it('compares numbers exactly, and never across kinds', () => {
  expect(diff('[1, 1.10, 12345678901234567890]', '[1.0, 1.1, 12345678901234567890]')).toEqual([]);
  expect(diff('12345678901234567890', '12345678901234567891')).toHaveLength(1);
  expect(diff('{}', '[]')).toHaveLength(1);
  expect(diff('null', '{}')).toHaveLength(1);
  expect(diff('"1"', '1')).toEqual([{ pointer: '', from: '1', to: 1 }]);
});

it('ends somewhere', () => {
  const many = JSON.stringify(Array.from({ length: 5000 }, (_, i) => i));
  expect(diff('[]', many)).toHaveLength(1000);
});
