import { AwsError } from '../cloud/errors.ts'

/** What the services whose operations are not named in a form answer for one that they do not have. */
export const unknownOperation = (status: 400 | 404): AwsError =>
  new AwsError('UnknownOperationException', 'The requested operation is not supported by this service.', status)
