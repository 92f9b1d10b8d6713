import type { Homepage, RequestScope } from '../homepage/homepage.js';

/** What resolvers get beside their arguments. */
export interface GraphqlContext {
  homepage: Homepage;
  scope: RequestScope;
  /** `ENABLE_BATCH_ENDPOINT`: whether the `homepage` field serves. */
  batchEndpoint: boolean;
}
