import {
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  Observable,
  type ConfigurationOptions,
} from '@kubernetes/client-node'

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
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  if (!config.getCurrentCluster()) throw new Error('it names no current cluster')
  return {
    core: config.makeApiClient(CoreV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    objects: config.makeApiClient(CustomObjectsApi),
  }
}

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

const statusOf = (error: unknown): number | undefined => (error as { code?: number }).code

function sentenceOf(error: unknown): string {
  const status = statusOf(error)
  if (typeof status === 'number') return `its API answers ${status}`
  const cause = (error as { cause?: { message?: string; code?: string } }).cause
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error))
}
