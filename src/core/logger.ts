import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { createIsoTime } from './iso-time.js';
import { createStdoutDestination } from './log-destination.js';

/** What the gateway's parts write to. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * One JSON line an event: `timestamp level message`, then what belongs to the event.
 * `pretty` writes the same for people, on a terminal.
 */
export function createLogger(options: {
  level: string;
  pretty: boolean;
  destination?: DestinationStream;
  /** What each line has beside its own fields, which win. */
  fields?: (() => object) | undefined;
}): PinoLogger {
  const { fields } = options;
  const destination =
    options.destination ??
    (options.pretty
      ? PinoPretty({ timestampKey: 'timestamp', messageKey: 'message', ignore: 'requestId', colorize: true })
      : createStdoutDestination());
  const isoTime = createIsoTime();
  return pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"timestamp":"${isoTime(Date.now())}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      redact: ['req.headers.authorization'],
      ...(fields === undefined ? {} : { mixin: fields }),
    },
    destination,
  );
}
