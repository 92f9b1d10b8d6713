import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Secrets out of files, as orchestrators hand them over: `JWT_SECRET_FILE=/run/secrets/jwt` stands for `JWT_SECRET`. A line's end
 * at the end of the file is none of the secret's. `faults` gets a sentence for each that cannot be read or is given twice.
 */
export function withSecretFiles(env: Environment, secrets: readonly string[], faults: string[]): Environment {
  const read: Record<string, string> = {};
  for (const name of secrets) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    if (env[name]) {
      faults.push(`${name}_FILE: expected no value beside ${name}`);
      continue;
    }
    try {
      read[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch {
      faults.push(`${name}_FILE: expected a readable file, got "${path}"`);
    }
  }
  return { ...env, ...read };
}
