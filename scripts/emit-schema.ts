/**
 * Writes the SDL of the public schema to src/schema/schema.graphql.
 *   node scripts/emit-schema.ts
 * The schema's classes have decorators, which Node does not run as they are: the sources are transpiled on the way.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

const FOLDER = 'node_modules/.cache/emit-schema';
const { config } = ts.readConfigFile('tsconfig.build.json', (file) => readFileSync(file, 'utf8'));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');

rmSync(FOLDER, { recursive: true, force: true });
for (const fileName of globSync('src/**/*.ts')) {
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions: { ...options, module: ts.ModuleKind.ESNext, sourceMap: false },
  });
  const target = `${FOLDER}/${fileName.replace(/\.ts$/, '.js')}`;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
writeFileSync(`${FOLDER}/package.json`, '{ "type": "module" }');

const printer = resolve(FOLDER, 'src/schema/print-schema.js');
const { printReweighSchema } = (await import(printer)) as { readonly printReweighSchema: () => string };
writeFileSync('src/schema/schema.graphql', printReweighSchema());
rmSync(FOLDER, { recursive: true });
