import { AwsError } from '../cloud/errors.ts'
import type { CommonErrors } from './protocol.ts'

/** Of the services that speak, or once spoke, awsQuery, and of Route 53. */
export const queryErrors: CommonErrors = {
  throttled: () => new AwsError('Throttling', 'Rate exceeded'),
  internal: () =>
    new AwsError(
      'InternalFailure',
      'The request processing has failed because of an unknown error, exception or failure.',
      500,
    ),
  unavailable: () =>
    new AwsError('ServiceUnavailable', 'The request has failed due to a temporary failure of the server.', 503),
}

/** What AWS's services say of required members that are not there. */
export function missingMembers(paths: readonly string[]): string {
  const problems = paths.map((path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`)
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`
  return `${count} detected: ${problems.join('; ')}`
}
