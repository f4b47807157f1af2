/** What Node calls a connection that was refused, cut or never made. */
const noAnswer =
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+)$/

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $fault?: 'client' | 'server'
  readonly code?: string
}

const throttles =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|ProvisionedThroughput|PriorRequestNotComplete)/

/** AWS asks for fewer calls. */
export const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.test(error.name)

/** Worth asking again: throttled, answered by a 5xx, or not answered at all. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { $metadata, name, code } = error as SdkError
  if (isThrottle(error) || name === 'TimeoutError' || noAnswer.test(code ?? '')) return true
  return ($metadata?.httpStatusCode ?? 0) >= 500
}

/** AWS answered, with an error. */
export const isAnswer = (error: unknown): boolean => error instanceof Error && '$fault' in error

/** `ThrottlingException: Rate exceeded (request 1234)`: AWS's own words. */
export function describeAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, code, $metadata } = error as SdkError
  const what = name === 'Error' ? (code ?? 'no answer') : name
  const request = $metadata?.requestId ? ` (request ${$metadata.requestId})` : ''
  return `${what}: ${message || 'no answer'}${request}`
}
