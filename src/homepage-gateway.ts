#!/usr/bin/env node
import { readFileSync } from 'node:fs';

/** The commands, and what each loads; the rest of the line is its own. */
const commands: Readonly<Record<string, { load: () => Promise<unknown>; does: string }>> = {
  serve: { load: () => import('./main.js'), does: 'serves the gateway' },
  doctor: { load: () => import('./commands/doctor.js'), does: 'looks at a shop as the gateway would' },
  seed: { load: () => import('./commands/seed.js'), does: 'writes demo data into MONGODB_URI' },
  database: { load: () => import('./commands/database.js'), does: 'serves the embedded database with demo data' },
  token: { load: () => import('./commands/token.js'), does: "prints a user's token for development" },
  purger: {
    load: () => import('./commands/purger.js'),
    does: 'tells the caches in front of the gateway what has changed',
  },
};

const usage = [
  'Usage: homepage-gateway COMMAND [options]',
  '',
  ...Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(10)} ${does}`),
  '',
  'homepage-gateway COMMAND --help says more. --version prints the version.',
].join('\n');

const [name = '', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (name === '--version') {
  console.log(
    (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version,
  );
} else if (name === '--help' || name === '-h') {
  console.log(usage);
} else if (command === undefined) {
  console.error(`${name === '' ? 'No command' : `Unknown command ${name}`}\n\n${usage}`);
  process.exitCode = 2;
} else {
  process.argv.splice(2, process.argv.length, ...rest);
  await command.load();
}
