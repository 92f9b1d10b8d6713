import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { protections } from './cache/protections/protections.js';

it.each(protections.map((protection) => [protection.name, protection] as const))(
  'stands once in the code: %s',
  async (_, { file, code }) => {
    expect((await readFile(file, 'utf8')).split(code)).toHaveLength(2);
  },
);
