import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from './read-root-package.ts';

/**
 * Writes declarations of the entries and of all they mention, a file each: `declare module
 * 'devservices'` extends an interface only where that is exported as it was declared, which a bundle of
 * declarations would undo. Gives the packages that they mention.
 */
export function emitDeclarations(
  entries: readonly string[],
  outDir: string,
): { mentioned: readonly string[] } {
  const { options } = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => fail([problem]),
    },
  ) as ts.ParsedCommandLine;
  const program = ts.createProgram([...entries], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir,
  });
  const mentioned = new Set<string>();
  const { diagnostics } = program.emit(undefined, (file, text) => {
    for (const [, name] of text.matchAll(importedPackage)) if (name) mentioned.add(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll(importedSource, '$1.js$2'));
  });
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) fail(problems);
  return { mentioned: [...mentioned].toSorted() };
}

const importedPackage = /(?:from |import\()['"]((?:@[\w-]+\/)?[a-z][\w-]*)(?=[/'"])/g;
// Readers of declarations expect the name that the code will have.
const importedSource = /((?:from |import\()['"]\.{1,2}\/[^'"]+)\.ts(['"])/g;

function fail(problems: readonly ts.Diagnostic[]): never {
  const text = ts.formatDiagnostics(problems, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (file) => file,
    getNewLine: () => '\n',
  });
  // Where in the build that was noticed is nobody's concern.
  throw Object.assign(new Error(text), { stack: text });
}
