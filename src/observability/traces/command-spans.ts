import type { Tracer } from '../../core/tracer.js';
import type { CommandObserver } from '../../database/connect.js';

/** A span for each command that the driver sends for a request; its filter, which may name a user, is not told. */
export function createCommandSpans(tracer: Tracer): CommandObserver {
  return ({ name, collection, address }) => {
    if (tracer.active()?.traceId === undefined) return undefined;
    const span = tracer.start(
      `${name} ${collection}`,
      {
        'db.system.name': 'mongodb',
        'db.operation.name': name,
        'db.collection.name': collection,
        'server.address': address.slice(0, address.lastIndexOf(':')),
        'server.port': Number(address.slice(address.lastIndexOf(':') + 1)),
      },
      { kind: 'client' },
    );
    return (failure) => {
      if (failure !== undefined) span.fail(failure);
      span.end();
    };
  };
}
