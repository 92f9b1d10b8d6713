import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The shop's page, into `dist/web`; the gateway serves it at `/`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: '../../dist/web', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
});
