/** fault: something would fail; warning: slow, or not what is meant; note: good to know; ok. */
export type Severity = 'ok' | 'note' | 'warning' | 'fault';

/** One line of the doctor's table. */
export interface Finding {
  /** What was looked at: `database`, `collection products`, `section offers`, `redis`, `tokens`. */
  subject: string;
  severity: Severity;
  text: string;
  /** The command or setting that mends it. */
  remedy?: string;
}

const marks: Record<Severity, string> = { ok: 'ok', note: 'note', warning: 'WARN', fault: 'FAULT' };

/** The table for people. */
export function tableOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ subject, severity, text, remedy }) => {
      const line = `${marks[severity].padEnd(6)} ${subject.padEnd(width)}  ${text}`;
      return remedy === undefined ? line : `${line}\n${' '.repeat(width + 9)}-> ${remedy}`;
    })
    .join('\n');
}

export const hasFaults = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'fault');
