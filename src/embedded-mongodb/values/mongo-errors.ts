import type { Doc } from './bson-values.js';

/** MongoDB's names of the codes that the embedded database answers with; a code without one is called `Location<code>`. */
const codeNames: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  11: 'UserNotFound',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  16: 'InvalidLength',
  17: 'ProtocolError',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  63: 'StaleShardVersion',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  68: 'IndexAlreadyExists',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  112: 'WriteConflict',
  133: 'FailedToSatisfyReadPreference',
  134: 'ReadConcernMajorityNotAvailableYet',
  136: 'CappedPositionLost',
  166: 'CommandNotSupportedOnView',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  175: 'QueryPlanKilled',
  189: 'PrimarySteppedDown',
  197: 'InvalidIndexSpecificationOption',
  211: 'KeyNotFound',
  224: 'QueryFeatureNotAllowed',
  225: 'TransactionTooOld',
  234: 'RetryChangeStream',
  237: 'CursorKilled',
  238: 'NotImplemented',
  249: 'FailPointSetFailed',
  251: 'NoSuchTransaction',
  260: 'InvalidResumeToken',
  262: 'ExceededTimeLimit',
  263: 'OperationNotSupportedInTransaction',
  280: 'ChangeStreamFatalError',
  286: 'ChangeStreamHistoryLost',
  291: 'NoQueryExecutionPlans',
  9001: 'SocketException',
  10003: 'CannotGrowDocumentInCappedNamespace',
  10107: 'NotWritablePrimary',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
  11602: 'InterruptedDueToReplStateChange',
  13388: 'StaleConfig',
  13435: 'NotPrimaryNoSecondaryOk',
  13436: 'NotPrimaryOrSecondary',
};

/** Codes of which MongoDB says that the same command may succeed when it is sent again. */
export const retryableCodes: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);

/** What MongoDB calls a code. */
export function codeName(code: number): string {
  return codeNames[code] ?? `Location${code}`;
}

/** A refusal as a command reply carries it: `{ ok: 0, errmsg, code, codeName }`, with labels and extra fields where given. */
export class CommandError extends Error {
  readonly code: number;
  readonly labels: readonly string[] | undefined;
  readonly extra: Doc | undefined;

  constructor(code: number, message: string, options: { labels?: readonly string[]; extra?: Doc } = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.labels = options.labels;
    this.extra = options.extra;
  }

  /** The reply for a whole command. */
  toReply(): Doc {
    return {
      ok: 0,
      errmsg: this.message,
      code: this.code,
      codeName: codeName(this.code),
      ...(this.labels?.length ? { errorLabels: [...this.labels] } : {}),
      ...this.extra,
    };
  }
}

/** BadValue (2): an operator or an argument that MongoDB would refuse while parsing. */
export const badValue = (message: string): CommandError => new CommandError(2, message);

/** FailedToParse (9). */
export const failedToParse = (message: string): CommandError => new CommandError(9, message);

/** TypeMismatch (14). */
export const typeMismatch = (message: string): CommandError => new CommandError(14, message);

/** NotImplemented (238): MongoDB has it, the embedded database does not and says so. */
export const notImplemented = (what: string): CommandError =>
  new CommandError(238, `${what} is not supported by the embedded database`);

/** The connection is to be closed without an answer, as the server does with garbage and with `closeConnection`. */
export class CloseConnection extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CloseConnection';
  }
}
