import { expect, test } from 'vitest';

import { isSameName, keyOf } from '../../../../plugins/permissions/store-directory/same-name.ts';

test('names are the same whatever the case', () => {
  for (const [one, other] of [
    ['ada', 'ADA'],
    ['Ärger', 'äRGER'],
    ['ΟΔΟΣ', 'οδος'],
    ['Я', 'я'],
  ] as const) {
    expect([one, isSameName(one, other), keyOf(one) === keyOf(other)]).toEqual([one, true, true]);
  }
});

test('names are not the same where only one case makes them so', () => {
  for (const [one, other] of [
    ['\u212Aim', 'kim'],
    ['k\u0131m', 'KIM'],
    ['stra\u00DFe', 'STRASSE'],
    ['\u017Fam', 'sam'],
    ['\uFB01n', 'FIN'],
    ['ada', 'ada '],
  ] as const) {
    expect([one, isSameName(one, other)]).toEqual([one, false]);
  }
});
