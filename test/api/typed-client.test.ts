import { describe, expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import { generateClient, textAt } from '../../codegen.ts';

describe('the generated client', () => {
  test('is what the committed schema and the operations give', async () => {
    const generated = await generateClient();
    expect(generated.map(({ path }) => path).sort()).toEqual(globSync('examples/client/gql/*').sort());
    for (const { path, text } of generated) expect({ path, text: textAt(path) }).toEqual({ path, text });
  });
});
