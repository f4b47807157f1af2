import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  Observable,
  type ConfigurationOptions,
} from '@kubernetes/client-node'

import { tokenRequestOf } from '../cluster/token-command.ts'
import { mintToken, type Token } from '../cluster/token.ts'

export class ClusterUnreachable extends Error {
  constructor(kubeconfig: string, cause: unknown) {
    super(`the cluster of ${kubeconfig} does not answer: ${sentenceOf(cause)}`, { cause })
    this.name = 'ClusterUnreachable'
  }
}

export type ClusterApis = ReturnType<typeof connect>

/** One question to a cluster's API, with the options that bound each of its calls. */
export type Question<T> = (apis: ClusterApis, bounded: ConfigurationOptions) => Promise<T>

/**
 * Asks a cluster through its kubeconfig; `absent` is the answer to a 404. The file is read at the first question, so that a
 * cluster may come later. Throws ClusterUnreachable, also when a call takes longer than the time-out.
 */
export function createConnection(kubeconfig: string, timeoutMs = 10_000) {
  let apis: ClusterApis | undefined
  const bounded = boundedBy(timeoutMs)
  return async <T>(question: Question<T>, absent: T): Promise<T> => {
    try {
      apis ??= connect(kubeconfig)
      return await question(apis, bounded)
    } catch (error) {
      if (statusOf(error) === 404) return absent
      throw new ClusterUnreachable(kubeconfig, error)
    }
  }
}

function connect(kubeconfig: string) {
  const config = configIn(kubeconfig)
  mintOwnTokens(config)
  if (!config.getCurrentCluster()) throw new Error('it names no current cluster')
  return {
    core: config.makeApiClient(CoreV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    objects: config.makeApiClient(CustomObjectsApi),
  }
}

/**
 * Who writes an inventory names a path on the service's machine, and the parser quotes what it does not understand: of another
 * file, credentials say, nothing may get into an answer. So its words are dropped, and it is no cause either.
 */
function configIn(kubeconfig: string): KubeConfig {
  const text = readFileSync(kubeconfig, 'utf8')
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch {
    throw new Error('that file is no kubeconfig')
  }
  config.makePathsAbsolute(dirname(kubeconfig))
  return config
}

const ownProvider = 'eks-cutover'

/** Where the kubeconfig would start our own token command, the token is made here: a process less, and the same token. */
function mintOwnTokens(config: KubeConfig): void {
  const user = config.getCurrentUser()
  const request = user?.exec ? tokenRequestOf(user.exec as { args: string[] }) : null
  if (!user || !request) return
  let minted: Token | undefined
  config.users = config.users.map(({ exec: _exec, ...one }) =>
    one.name === user.name ? { ...one, authProvider: { name: ownProvider } } : one,
  )
  config.addAuthenticator({
    isAuthProvider: ({ authProvider }) => (authProvider as { name?: string } | undefined)?.name === ownProvider,
    applyAuthentication: async (_user, options) => {
      const call = options as { headers?: Record<string, string> }
      if (!minted || minted.expiresAt < Date.now() + renewMs) minted = await mintToken(request)
      call.headers = { ...call.headers, Authorization: `Bearer ${minted.token}` }
    },
  })
}

/** A token is made anew when it has so long to live. */
const renewMs = 60_000

/** Ends each call after `ms`. */
const boundedBy = (ms: number): ConfigurationOptions => ({
  middlewareMergeStrategy: 'append',
  middleware: [
    {
      pre: (context) => {
        context.setSignal(AbortSignal.timeout(ms))
        return new Observable(Promise.resolve(context))
      },
      post: (context) => new Observable(Promise.resolve(context)),
    },
  ],
})

/** Of an answer. Errors that are none have numbers of their own: that of a time-out is 23. */
function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'number' && code >= 100 ? code : undefined
}

function sentenceOf(error: unknown): string {
  const status = statusOf(error)
  if (typeof status === 'number') return `its API answers ${status}`
  const cause = (error as { cause?: { message?: string; code?: string } }).cause
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error))
}
