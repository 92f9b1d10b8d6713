/** Asked every few seconds by those who watch the process: for logs and traces they are noise. */
export const probePaths: readonly string[] = ['/healthz', '/readyz', '/metrics'];
