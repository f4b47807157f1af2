import { AwsError } from '../errors.ts'

export const invalidParameter = (message: string, fields: Record<string, unknown> = {}): AwsError =>
  new AwsError('InvalidParameterException', message, 400, fields)

export const invalidRequest = (message: string, fields: Record<string, unknown> = {}): AwsError =>
  new AwsError('InvalidRequestException', message, 400, fields)

export const inUse = (message: string, fields: Record<string, unknown> = {}): AwsError =>
  new AwsError('ResourceInUseException', message, 409, fields)

export const notFound = (message: string, fields: Record<string, unknown> = {}): AwsError =>
  new AwsError('ResourceNotFoundException', message, 404, fields)
