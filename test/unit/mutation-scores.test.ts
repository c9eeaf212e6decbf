import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GROUPS } from '../mutation/groups.ts';
import { scoresOf, textOfScores } from '../mutation/scores.ts';

const mutants = (...statuses: string[]) => ({ mutants: statuses.map((status) => ({ status })) });

it('every file whose tests are tested is there', () => {
  const root = join(import.meta.dirname, '../..');
  const files = Object.values(GROUPS).flat();
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it('a group’s score is the part of the changes that a test noticed, over all of its files', () => {
  const scores = scoresOf({
    files: {
      'shared/access-token/commit.ts': mutants('Killed', 'Timeout', 'RuntimeError', 'Survived'),
      'shared/access-token/commit-order.ts': mutants('Killed', 'NoCoverage'),
    },
  });
  expect(scores).toEqual([{ group: 'commit-order', noticed: 3, unnoticed: 2, killedPercent: 60 }]);
  expect(textOfScores(scores)).toContain('commit-order: 3 of 5 changes noticed, 60.0 %\n');
});
