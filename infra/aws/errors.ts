interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $fault?: 'client' | 'server'
  readonly code?: string
}

const throttles =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|ProvisionedThroughput|PriorRequestNotComplete)/

/** Worth asking again: throttled, answered by a 5xx, or not answered at all. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { $metadata, name } = error as SdkError
  if (throttles.test(name)) return true
  const status = $metadata?.httpStatusCode
  return status === undefined || status >= 500
}

/** `ThrottlingException: Rate exceeded (request 1234)`: AWS's own words. */
export function describeAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, code, $metadata } = error as SdkError
  const what = name === 'Error' ? (code ?? 'no answer') : name
  const request = $metadata?.requestId ? ` (request ${$metadata.requestId})` : ''
  return `${what}: ${message || 'no answer'}${request}`
}
