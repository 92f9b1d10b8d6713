import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, storeIdOf } from '../../src/cache/entry-format.js';
import type { SharedListener, SharedStore } from '../../src/cache/shared/shared-store.js';
import { judge } from '../../src/cache/stamp.js';
import { until } from '../support/until.js';

/** What every shared store must do, whatever it is made of. */
export function describeSharedStore(
  name: string,
  setUp: () => Promise<{
    connect: () => SharedStore;
    wait: (ms: number) => Promise<void>;
    tearDown: () => Promise<void>;
  }>,
): void {
  describe(`shared store contract: ${name}`, () => {
    let context: Awaited<ReturnType<typeof setUp>>;
    let store: SharedStore;
    const heard: string[] = [];
    let keys = 0;
    const newId = () => storeIdOf(`key ${keys++}`);
    const listener: SharedListener = {
      invalidated: (tag, mode, stamp, origin) => heard.push(`${mode} ${tag} ${stamp} ${origin}`),
      ready: (id) => heard.push(`ready ${id}`),
      linked: () => heard.push('linked'),
      unlinked: () => heard.push('unlinked'),
    };
    const readOne = async (id: string, tags: string[] = []) => {
      const reading = await store.read({ ids: [id], tags });
      return { ...reading, bytes: reading.entries[0] };
    };
    const commitOne = async (id: string, bytes: Buffer, tags: string[] = [], ttlMs = 60_000) => {
      const { moment, bytes: present } = await readOne(id);
      const lease = `lease of ${id}`;
      expect(await store.acquire({ id, lease, ttlMs: 5000, head: headOf(present) })).toBe('won');
      return store.commit({ id, lease, bytes, ttlMs, tags, moment });
    };

    beforeAll(async () => {
      context = await setUp();
      store = context.connect();
      store.open(listener);
      await until(() => heard.includes('linked'));
    });
    afterAll(async () => {
      await store.close();
      await context.tearDown();
    });

    it('gives back bytes unchanged, in the order asked for, and nothing for what it has not', async () => {
      const [one, two, none] = [newId(), newId(), newId()];
      const bytes = Buffer.from([0, 255, 10, 13, 128, 34]);
      await commitOne(one, bytes);
      await commitOne(two, Buffer.from('two'));
      const { entries, tags } = await store.read({ ids: [two, none, one], tags: ['never met'] });
      expect(entries).toEqual([Buffer.from('two'), undefined, bytes]);
      expect(tags).toEqual([undefined]);
    });

    it('keeps a value of a megabyte', async () => {
      const id = newId();
      const bytes = Buffer.alloc(1_048_576, 'x€');
      await commitOne(id, bytes);
      expect((await readOne(id)).bytes?.equals(bytes)).toBe(true);
    });

    it('forgets an entry when its time is over', async () => {
      const id = newId();
      await commitOne(id, Buffer.from('brief'), [], 20);
      await context.wait(30);
      expect((await readOne(id)).bytes).toBeUndefined();
    });

    it('gives a lease to one, and to the next when it is released or has run out', async () => {
      const id = newId();
      const ask = (lease: string, ttlMs = 5000) => store.acquire({ id, lease, ttlMs, head: '' });
      expect(await ask('a')).toBe('won');
      expect(await ask('b')).toBe('held');
      await store.release({ id, lease: 'b' });
      expect(await ask('b'), 'only its holder releases a lease').toBe('held');
      await store.release({ id, lease: 'a' });
      expect(await ask('b', 20)).toBe('won');
      await context.wait(30);
      expect(await ask('c')).toBe('won');
    });

    it('renews a lease for its holder alone', async () => {
      const id = newId();
      await store.acquire({ id, lease: 'a', ttlMs: 5000, head: '' });
      expect(await store.renew({ id, lease: 'b', ttlMs: 5000 })).toBe(false);
      expect(await store.renew({ id, lease: 'a', ttlMs: 5000 })).toBe(true);
      expect(await store.renew({ id: newId(), lease: 'a', ttlMs: 5000 })).toBe(false);
    });

    it('refuses a lease to whoever has read an older entry', async () => {
      const id = newId();
      const first = Buffer.from(`hg1 ${'1'.repeat(20)}\nfirst`);
      await commitOne(id, first);
      expect(await store.acquire({ id, lease: 'late', ttlMs: 5000, head: '' })).toBe('changed');
      expect(await store.acquire({ id, lease: 'on time', ttlMs: 5000, head: headOf(first) })).toBe('won');
    });

    it('stores nothing for one whose lease is another one’s', async () => {
      const id = newId();
      await store.acquire({ id, lease: 'winner', ttlMs: 5000, head: '' });
      const { moment } = await readOne(id);
      const late = { id, lease: 'loser', bytes: Buffer.from('late'), ttlMs: 1000, tags: [], moment };
      expect(await store.commit(late)).toBe(false);
      expect((await readOne(id)).bytes).toBeUndefined();
    });

    it('says when a lease has ended, by a commit and by a release', async () => {
      const [one, two] = [newId(), newId()];
      await commitOne(one, Buffer.from('x'));
      await store.acquire({ id: two, lease: 'a', ttlMs: 5000, head: '' });
      await store.release({ id: two, lease: 'a' });
      await until(() => heard.includes(`ready ${one}`) && heard.includes(`ready ${two}`));
    });

    it('judges an entry by its tags: valid until one is invalidated, softly or hard', async () => {
      const id = newId();
      const { moment } = await readOne(id);
      await commitOne(id, Buffer.from('x'), ['judged', 'judged too']);
      const verdict = async () => judge(moment, (await readOne(id, ['judged', 'judged too'])).tags);
      expect(await verdict()).toBe('valid');
      await store.invalidate({ tags: ['another'], mode: 'hard', origin: 'me' });
      expect(await verdict()).toBe('valid');
      await store.invalidate({ tags: ['judged'], mode: 'soft', origin: 'me' });
      expect(await verdict()).toBe('soft');
      await store.invalidate({ tags: ['judged too'], mode: 'hard', origin: 'me' });
      expect(await verdict()).toBe('hard');
    });

    it('holds an invalidation during the load against a tag that was not known before it', async () => {
      const id = newId();
      const { moment } = await readOne(id);
      await store.acquire({ id, lease: 'a', ttlMs: 5000, head: '' });
      await store.invalidate({ tags: ['met late'], mode: 'soft', origin: 'me' });
      await store.commit({ id, lease: 'a', bytes: Buffer.from('x'), ttlMs: 1000, tags: ['met late'], moment });
      expect(judge(moment, (await readOne(id, ['met late'])).tags)).not.toBe('valid');
      const later = (await readOne(id)).moment;
      expect(judge(later, (await readOne(id, ['met late'])).tags)).toBe('valid');
    });

    it('keeps an invalidation although a load from before the clock was lost ends after it', async () => {
      const [id, late] = [newId(), newId()];
      const { moment } = await readOne(id);
      await store.invalidate({ tags: ['kept'], mode: 'hard', origin: 'me' });
      const commit = { bytes: Buffer.from('x'), ttlMs: 1000, tags: ['kept'] };
      await store.acquire({ id: late, lease: 'a', ttlMs: 5000, head: '' });
      await store.commit({ id: late, lease: 'a', ...commit, moment: `lost${moment.slice(moment.indexOf(':'))}` });
      await store.acquire({ id, lease: 'b', ttlMs: 5000, head: '' });
      await store.commit({ id, lease: 'b', ...commit, moment });
      expect(judge(moment, (await readOne(id, ['kept'])).tags)).toBe('hard');
    });

    it('tells everybody of an invalidation, with the stamp that it has left', async () => {
      const stamp = await store.invalidate({ tags: ['{odd}:tag €', 'b'], mode: 'hard', origin: 'me' });
      await until(() => heard.includes(`hard {odd}:tag € ${stamp} me`) && heard.includes(`hard b ${stamp} me`));
      expect((await store.read({ ids: [], tags: ['b'] })).tags[0]?.hard).toBe(stamp);
      expect((await store.read({ ids: [], tags: [] })).moment).toBe(stamp);
    });

    it('never moves its clock back', async () => {
      const counts: number[] = [];
      for (let i = 0; i < 20; i++) {
        const stamp = await store.invalidate({ tags: [`t${i % 3}`], mode: 'soft', origin: 'me' });
        counts.push(Number(stamp.split(':')[1]));
      }
      expect(counts).toEqual([...new Set(counts)].toSorted((a, b) => a - b));
    });
  });
}
