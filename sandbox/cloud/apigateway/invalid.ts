import { AwsError } from '../errors.ts'

export const badRequest = (message: string) => new AwsError('BadRequestException', message)
export const conflict = (message: string) => new AwsError('ConflictException', message, 409)
export const notFound = (message: string) => new AwsError('NotFoundException', message, 404)

export const tooManyRequests = (retryAfterSeconds: number) =>
  new AwsError('TooManyRequestsException', 'Too Many Requests', 429, { retryAfterSeconds: String(retryAfterSeconds) })
