import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

/** Dependencies point one way: api -> automation -> infra; the sandbox stands alone (docs/how-it-works.md). */
const room = (name, mayNotImport, reason) => ({
  files: [`${name}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: mayNotImport.map((other) => ({
          regex: `^(\\.\\./)+${other}/`,
          message: `${name} may not import ${other}: ${reason}`,
        })),
      },
    ],
  },
})

export default tseslint.config(
  { ignores: ['node_modules/', 'coverage/', 'tools/', '.data/', '.sandbox/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  { files: ['*.config.ts', '*.config.js', 'infra/index.ts'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
  room(
    'infra',
    ['automation', 'api', 'sandbox', 'test'],
    'the Pulumi programs run by hand and know nothing above them',
  ),
  room(
    'automation',
    ['api', 'sandbox', 'test'],
    'the mind knows no HTTP and no sandbox; callers pass configuration in',
  ),
  room(
    'api',
    ['sandbox', 'test'],
    'the service takes endpoints and plugin paths as configuration, on AWS as on the sandbox',
  ),
  room(
    'sandbox',
    ['infra', 'automation', 'api', 'test'],
    'the sandbox imitates AWS and Kubernetes, not our use of them',
  ),
  prettier,
)
