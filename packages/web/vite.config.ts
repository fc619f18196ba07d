import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where a gateway stands while one works on the app with `pnpm dev`. */
const GATEWAY = 'http://127.0.0.1:8080';
const API = /^\/(?!chat\/)/;

export default defineConfig({
  base: '/chat/',
  plugins: [react(), tailwind()],
  build: {
    target: 'es2023',
    // The gateway's policy lets no style and no script in that stands in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'build.json',
    reportCompressedSize: false,
    rolldownOptions: {
      // What is set before schemas are made has to stand before them.
      output: { codeSplitting: { groups: [{ name: 'schemas', test: /node_modules\/zod\/|without-eval/ }] } },
    },
  },
  server: { proxy: { [API.source]: { target: GATEWAY, ws: true } } },
});
