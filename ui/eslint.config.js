import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

const tauri = { group: ['@tauri-apps/*'], message: 'Only src/backend talks to Tauri.' };

/**
 * Forbids importing from the named folders of src.
 *
 * @param {string[]} folders
 * @param {string} message
 * @returns {import('eslint').Linter.RulesRecord}
 */
function noImport(folders, message) {
  const group = folders.map((folder) => `**/${folder}/**`);
  return { 'no-restricted-imports': ['error', { patterns: [tauri, { group, message }] }] };
}

const features = ['accounts', 'call', 'callbacks', 'dial', 'endpoints', 'keys', 'leads', 'people', 'person', 'records'];

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/backend/generated'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    rules: {
      // The compiler knows every name, in components too.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      'svelte/no-at-html-tags': 'error',
      // Styles set from markup fall to the content security policy.
      'svelte/no-inline-styles': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  // Imports go one way: views → features → shared.
  { files: ['src/**'], ignores: ['src/backend/**'], rules: { 'no-restricted-imports': ['error', { patterns: [tauri] }] } },
  { files: ['src/shared/**'], rules: noImport(['views', 'features', 'state', 'backend'], 'shared imports none of the others.') },
  { files: ['src/state/**'], rules: noImport(['views', 'features'], 'State knows no component.') },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    ignores: ['**/*.test.ts'],
    rules: noImport(['views', ...features.filter((other) => other !== feature)], 'Features do not import each other.'),
  })),
);
