import { describeAwsError } from '../infra/aws/errors.ts'
import { CutoverError } from './errors.ts'

/** What could not be done, with AWS's own words. */
export const awsFailed = (what: string, error: unknown): CutoverError =>
  new CutoverError('aws-failed', `${what}: ${describeAwsError(error)}`, {}, error)
