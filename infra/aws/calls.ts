import { isThrottle } from './errors.ts'

/** One attempt at one call; a call that is tried again is several. */
export interface AwsCall {
  /** As the SDK names its client, e.g. `ElasticLoadBalancingV2`. */
  readonly service: string
  /** AWS's name, e.g. `ModifyRule`. */
  readonly operation: string
  readonly outcome: 'ok' | 'throttled' | 'error'
  /** AWS's name of the error; null: there was none. */
  readonly error: string | null
  /** null: there was no answer. */
  readonly requestId: string | null
  readonly seconds: number
}

/** Which call an error was the answer to. */
const calls = new WeakMap<object, string>()

/** `ElasticLoadBalancingV2 ModifyRule`; null: the error is of none of our calls. */
export const callOf = (error: unknown): string | null =>
  typeof error === 'object' && error !== null ? (calls.get(error) ?? null) : null

interface Answer {
  readonly output?: { readonly $metadata?: { readonly requestId?: string | undefined } }
}

type Handler = (request: unknown) => Promise<Answer>

/** What every SDK client has, of which the SDK's own type names the client. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler, context: Context) => Handler,
      options: { readonly step: 'deserialize'; readonly priority: 'high'; readonly name: string },
    ): void
  }
}

interface Context {
  readonly clientName?: string
  readonly commandName?: string
}

/** Has every attempt of a client told, in the async context of whoever calls. After the retries, so that it sees each of them. */
export function tellCalls<C>(client: C, tell: (call: AwsCall) => void): C {
  const { middlewareStack } = client as Client
  middlewareStack.add(
    (next, { clientName = '', commandName = '' }) => {
      const what = { service: clientName.replace(/Client$/, ''), operation: commandName.replace(/Command$/, '') }
      return async (request) => {
        const began = performance.now()
        const seconds = (): number => (performance.now() - began) / 1000
        try {
          const answer = await next(request)
          const requestId = answer.output?.$metadata?.requestId ?? null
          tell({ ...what, outcome: 'ok', error: null, requestId, seconds: seconds() })
          return answer
        } catch (error) {
          calls.set(error as object, `${what.service} ${what.operation}`)
          tell({ ...what, ...failureOf(error), seconds: seconds() })
          throw error
        }
      }
    },
    { step: 'deserialize', priority: 'high', name: 'tellCalls' },
  )
  return client
}

function failureOf(error: unknown): Pick<AwsCall, 'outcome' | 'error' | 'requestId'> {
  const { name = 'Error', $metadata } = error as { name?: string; $metadata?: { requestId?: string } }
  return { outcome: isThrottle(error) ? 'throttled' : 'error', error: name, requestId: $metadata?.requestId ?? null }
}
