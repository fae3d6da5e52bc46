import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The words are shared with the command line; the pages never say what only a terminal does. */
const pageWords: Plugin = {
  name: 'page-words',
  enforce: 'pre',
  transform: {
    filter: { id: /\/i18n\/en\.json$/ },
    handler(code) {
      const { cli: _, ...words } = JSON.parse(code) as Record<string, unknown>;
      return { code: JSON.stringify(words), map: null };
    },
  },
};

export default defineConfig({
  plugins: [pageWords, svelte(), svelteTesting()],
  // The window loads its pages from the app's own origin.
  base: './',
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    // The oldest web views we run in: WebKitGTK 2.40 and Safari 16.4; WebView2 renews itself.
    target: ['safari16.4', 'chrome120'],
    // A strict content security policy forbids data: URLs for scripts and styles; everything is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The window, and the quick dial bar, which is there in a moment because it has less to read.
    rolldownOptions: { input: ['index.html', 'bar.html'] },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // For a machine that builds something else meanwhile; what is awaited is an event, so nothing gets slower.
    testTimeout: 20_000,
  },
});
