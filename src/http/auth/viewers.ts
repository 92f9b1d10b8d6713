import type { FastifyRequest } from 'fastify';
import type { Viewer } from '../../sections/define-section.js';
import type { Authenticator } from './authenticator.js';

/** The viewer of a request; its token is verified once. Rejects as `Authenticator.viewer` does. */
export type ViewerOf = (request: FastifyRequest) => Promise<Viewer | undefined>;

export function createViewers(authenticator: Authenticator): ViewerOf {
  const viewers = new WeakMap<FastifyRequest, Promise<Viewer | undefined>>();
  return (request) => {
    const viewer = viewers.get(request) ?? authenticator.viewer(request.headers.authorization);
    viewers.set(request, viewer);
    return viewer;
  };
}
