import type { Homepage, RequestScope } from '../page/homepage.js';
import type { OperationRequest } from './operations/prepare-page.js';

/** What resolvers get beside their arguments. */
export interface GraphqlContext {
  homepage: Homepage;
  scope: RequestScope;
  /**
   * Takes what the operation costs in all from the client's rate limit; absent where that is done already.
   * @throws AppError `RATE_LIMITED`
   */
  charge?: (cost: number) => void;
  /** Takes an operation that was executed without a fault; absent where its answer is not put together from fragments. */
  executed?: (request: OperationRequest) => void;
}
