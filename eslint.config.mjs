import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { arrows, nodeRooms, testMayImport, tfjsDoors } from './tools/arrows.mjs';

const scope = '@jembench/';
const nodeModules = { group: ['node:*'], message: 'Only the rooms listed in tools/arrows.mjs know Node.' };
const tfjs = {
  group: ['@tensorflow/*'],
  message: 'Take tf from @jembench/core: a second copy of tfjs breaks its registries.',
};

/** Forbids every import outside a package's arrows, and what only some rooms may have. */
function restrictions(name, allowed, extra) {
  const others = Object.keys(arrows).filter((other) => other !== name && !allowed.includes(other));
  const upwards = {
    group: others.flatMap((other) => [scope + other, `${scope}${other}/*`]),
    message: `The arrows of the house point down: ${name} may import ${allowed.join(', ') || 'no other package'} (tools/arrows.mjs).`,
  };
  const patterns = others.length > 0 ? [...extra, upwards] : extra;
  return { 'no-restricted-imports': ['error', { patterns }] };
}

/** The blocks of one package, the strictest first; a later block wins where its files match. */
function packageBlocks([name, allowed]) {
  const folder = `packages/${name}/`;
  const own = (rooms) => rooms.filter((room) => room.startsWith(folder));
  const blocks = [{ files: [`${folder}src/**/*.ts`], rules: restrictions(name, allowed, [nodeModules, tfjs]) }];
  if (own(tfjsDoors).length > 0)
    blocks.push({ files: own(tfjsDoors), rules: restrictions(name, allowed, [nodeModules]) });
  if (own(nodeRooms).length > 0) blocks.push({ files: own(nodeRooms), rules: restrictions(name, allowed, [tfjs]) });
  blocks.push({ files: [`${folder}src/**/*.test.ts`], rules: restrictions(name, testMayImport(name), []) });
  return blocks;
}

const nodeGlobals = ['Buffer', 'URL', 'WebAssembly', 'clearTimeout', 'console', 'performance', 'process', 'setTimeout'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/generated/',
      '.nx/',
      '**/.reports/',
      'packages/*/assembly/',
      'results/',
      'vitest.config.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Arrays are indexed everywhere; without noUncheckedIndexedAccess this rule would call every guard superfluous.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'All randomness comes from named streams of the root seed.' },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
  },
  ...Object.entries(arrows).flatMap(packageBlocks),
);
