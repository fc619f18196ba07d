import { defineConfig } from 'oxlint';

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'import', 'node', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['**/node_modules/**'],
  rules: {
    curly: ['error', 'multi-line'],
    eqeqeq: 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 3 }],
    'no-await-in-loop': 'off',
    'no-console': 'error',
    'no-empty-pattern': 'off',
    'no-warning-comments': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'error',
    'node/no-process-env': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-import-type-side-effects': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-extraneous-class': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    // Brands, JSON of a trusted writer and table look-ups are asserted; each table look-up says why.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'promise/no-promise-in-callback': 'off',
    'promise/no-callback-in-promise': 'off',
    'no-underscore-dangle': 'off',
    'typescript/switch-exhaustiveness-check': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
    'vitest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['test'] }],
  },
  overrides: [
    { files: ['**/*.config.ts', '.dependency-cruiser.mjs'], rules: { 'import/no-default-export': 'off' } },
    {
      files: [
        'services/*/src/main.ts',
        'infra/local/src/*.ts',
        'infra/bootstrap/*.cjs',
        'packages/*/src/main.ts',
        '**/*-global-setup.ts',
      ],
      rules: { 'node/no-process-env': 'off', 'import/no-default-export': 'off' },
    },
    // What is loaded when it is wanted is what its file is for.
    { files: ['packages/web/src/**/*.tsx'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['packages/web/src/main.tsx'],
      rules: { 'import/no-unassigned-import': ['error', { allow: ['**/without-eval.ts'] }] },
    },
    { files: ['**/*.test.ts', '**/*.features.ts'], rules: { 'max-lines-per-function': 'off' } },
  ],
});
