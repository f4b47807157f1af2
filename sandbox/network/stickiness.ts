import type { Clock } from '../clock.ts'

const cookieName = 'AWSALBTG'

/** The target group that a client's cookie ties it to; undefined: no cookie, one that is no longer valid, or none of ours. */
export function stuckGroup(cookies: string | undefined): string | undefined {
  const value = cookies && new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(cookies)?.[1]
  if (!value) return undefined
  const [expires, arn] = Buffer.from(value, 'base64url').toString().split(' ')
  return arn !== undefined && Number(expires) > Date.now() ? arn : undefined
}

/**
 * Set-Cookie headers, with every answer, so that the time starts again; none without a duration. AWS encrypts the value; to a
 * client both are opaque.
 */
export function stickyCookies(
  arn: string,
  durationSeconds: number | undefined,
  clock: Clock,
): ['Set-Cookie', string][] {
  if (durationSeconds === undefined) return []
  const expires = Date.now() + clock.ms(durationSeconds)
  const value = Buffer.from(`${expires} ${arn}`).toString('base64url')
  const common = `${value}; Expires=${new Date(expires).toUTCString()}; Path=/`
  return [
    ['Set-Cookie', `${cookieName}=${common}`],
    ['Set-Cookie', `${cookieName}CORS=${common}; SameSite=None; Secure`],
  ]
}
