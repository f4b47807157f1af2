import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { refusalOf } from '../../automation/audit.ts'
import type { Cutover } from '../../automation/cutover.ts'
import type { CutoverError } from '../../automation/errors.ts'
import { askerOf } from '../routes/accepting.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the request is not let through; null: it is, or nobody has looked yet. */
    refusal: CutoverError | null
  }
}

const onRecord = [403, 409]

/** Puts on record that somebody wanted something and was not let through, before the answer goes out. Reading is nobody's decision. */
export const refusals = fp<{ readonly cutover: Cutover }>(
  (app, { cutover }, done) => {
    app.decorateRequest('refusal', null)
    app.addHook('onSend', async (request, reply, payload) => {
      const { refusal, method } = request
      if (!refusal || method === 'GET' || method === 'HEAD' || !onRecord.includes(reply.statusCode)) return payload
      try {
        await cutover.refused(factOf(request, refusal))
      } catch (err) {
        request.log.error({ err }, 'a refusal could not be put on record')
      }
      return payload
    })
    done()
  },
  { name: 'refusals' },
)

function factOf(request: FastifyRequest, { code, message, details }: CutoverError) {
  const { migration = null, workload = null } = request.params as { migration?: string; workload?: string }
  const { reason, plan = null } = (request.body ?? {}) as { reason?: string; plan?: string }
  const { by, credential, address, reason: why } = askerOf(request, reason)
  const gates = 'gates' in details ? { gates: details['gates'] } : {}
  const fact = refusalOf({ by, credential, address, reason: why }, { migration, workload }, actionOf(request), {
    code,
    detail: message,
    ...gates,
  })
  return { ...fact, plan }
}

const named: Readonly<Record<string, string>> = {
  'PUT migrations': 'inventory',
  'POST holds': 'hold',
  'DELETE holds': 'unhold',
  'DELETE freeze': 'thaw',
  'POST tokens': 'token',
  'DELETE tokens': 'token-revoke',
}

/** A route's last word that is no parameter, or what the record calls it. */
function actionOf({ method, routeOptions }: FastifyRequest): string {
  const { url = '' } = routeOptions
  const words = url.split('/').filter((word) => word && !word.startsWith(':'))
  const last = words.at(-1) ?? ''
  if (url.endsWith('/migrations/:migration/rollback')) return 'rollback-all'
  return named[`${method} ${last}`] ?? (words.at(-2) === 'cluster' ? `cluster-${last}` : last)
}
