import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { ENVIRONMENT_FIELDS } from '../../infra/environment-schema.ts';
import { textsOfAllShapes } from './stage-shapes.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');
/** The code words in the first cells of the document's tables. */
const rows = [...text.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
);

const withOutputs = v.object({ Outputs: v.record(v.string(), v.unknown()) });

it('docs/deploy.md has a row for every field of an environment file', () => {
  const top = Object.keys(ENVIRONMENT_FIELDS).filter((path) => !path.includes('.'));
  const ofEgress = Object.keys(ENVIRONMENT_FIELDS).filter((path) => /^egress\.(?!kind)\w+$/.test(path));
  expect(rows).toEqual(expect.arrayContaining([...top, ...ofEgress]));
});

it('docs/deploy.md has a row for every output of any shape of a stage, and for none that there is not', () => {
  const templates = [...textsOfAllShapes().values()].map((template) => v.parse(withOutputs, JSON.parse(template)));
  const outputs = new Set(templates.flatMap(({ Outputs }) => Object.keys(Outputs)));
  expect(rows.filter((row) => /^[A-Z]\w+$/.test(row)).toSorted()).toEqual([...outputs].toSorted());
});
