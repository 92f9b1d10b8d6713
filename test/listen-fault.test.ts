import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/config/config.js';
import { listenFault } from '../src/listen-fault.js';

const at = { host: '10.0.0.1', port: 80 };
const fault = (code: string) => Object.assign(new Error(`listen ${code}: from Node`), { code });

describe('a gateway that cannot listen', () => {
  it.each([
    ['EADDRINUSE', 'PORT: expected a free port, but 80 is taken on 10.0.0.1'],
    ['EACCES', 'PORT: expected a port that this user may open, but 80 needs more rights'],
    ['EADDRNOTAVAIL', 'HOST: expected an address of this machine, got "10.0.0.1"'],
    ['EINVAL', 'HOST: expected an address of this machine, got "10.0.0.1"'],
    ['ENOTFOUND', 'HOST: expected an address or a name that can be resolved, got "10.0.0.1"'],
    ['EAI_AGAIN', 'HOST: expected an address or a name that can be resolved, got "10.0.0.1"'],
  ])('for %s says which variable to change', (code, sentence) => {
    const said = listenFault(fault(code), at);
    expect(said).toBeInstanceOf(ConfigError);
    expect(String((said as ConfigError).message)).toContain(sentence);
  });

  it.each([fault('EMFILE'), new Error('no code'), 'no error', undefined])('for %s says what it was', (error) => {
    expect(listenFault(error, at)).toBe(error);
  });
});
