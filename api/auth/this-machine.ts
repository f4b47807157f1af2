import type { FastifyRequest } from 'fastify'
import { CutoverError } from '../../automation/errors.ts'

/**
 * Where nobody has to prove anything, a page in somebody's browser could ask as well: one that names itself as this machine by DNS
 * (its own name is then the host), or one of another origin. Browsers tell both. Throws `forbidden`.
 */
export function fromThisMachine({ hostname, headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  const strange = site === 'cross-site' || site === 'same-site'
  if (isLoopback(hostname) && !strange) return
  const message =
    'without authentication the service answers this machine alone, by the name of localhost or its address'
  throw new CutoverError('forbidden', message)
}

export const isLoopback = (host: string): boolean => ['127.0.0.1', '::1', '[::1]', 'localhost'].includes(host)
