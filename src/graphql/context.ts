import type { Homepage, RequestScope } from '../page/homepage.js';

/** What resolvers get beside their arguments. */
export interface GraphqlContext {
  homepage: Homepage;
  scope: RequestScope;
  /**
   * Takes what the operation costs in all from the client's rate limit; absent where that is done already.
   * @throws AppError `RATE_LIMITED`
   */
  charge?: (cost: number) => void;
}
