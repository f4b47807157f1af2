import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { KubeConfig } from '@kubernetes/client-node'
import { equal, isObject, isPresent, type Properties, type Value } from '../properties.ts'

/** Where a provider's options point to: a kubeconfig (its contents or its path), a context and a cluster in it. */
export async function readKubeconfig(options: Properties): Promise<KubeConfig> {
  const config = new KubeConfig()
  const { kubeconfig, context, cluster } = options
  if (isPresent(kubeconfig) && kubeconfig !== '') config.loadFromString(await contentsOf(textOf(kubeconfig)))
  else config.loadFromDefault()
  if (typeof context === 'string' && context !== '') config.setCurrentContext(context)
  if (typeof cluster === 'string' && cluster !== '') {
    const user = config.getCurrentUser()?.name ?? ''
    config.addContext({ name: 'pulumi', cluster, user })
    config.setCurrentContext('pulumi')
  }
  if (!config.getCurrentCluster()) throw new Error('invalid configuration: no configuration has been provided')
  return config
}

async function contentsOf(pathOrContents: string): Promise<string> {
  const path = pathOrContents.replace(/^~(?=$|\/)/, homedir())
  return existsSync(path) ? readFile(path, 'utf8') : pathOrContents
}

function textOf(kubeconfig: Value): string {
  return typeof kubeconfig === 'string' ? kubeconfig : JSON.stringify(kubeconfig)
}

/** Whether two providers' options name the same cluster, as well as a kubeconfig can tell: by its entry for the cluster. */
export function namesSameCluster(olds: Properties, news: Properties): boolean {
  const [before, after] = [activeCluster(olds), activeCluster(news)]
  return !before || !after || equal(before, after)
}

function activeCluster({ kubeconfig, context, cluster }: Properties): Properties | undefined {
  if (!isPresent(kubeconfig) || kubeconfig === '') return undefined
  const config = new KubeConfig()
  try {
    const text = textOf(kubeconfig)
    if (existsSync(text)) config.loadFromFile(text)
    else config.loadFromString(text)
  } catch {
    return undefined
  }
  if (typeof context === 'string' && context !== '') config.setCurrentContext(context)
  const found = typeof cluster === 'string' && cluster !== '' ? config.getCluster(cluster) : config.getCurrentCluster()
  const plain: unknown = found && JSON.parse(JSON.stringify(found))
  return isObject(plain as Value) ? (plain as Properties) : undefined
}
