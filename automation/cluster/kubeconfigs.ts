import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { kubeconfig } from '../../infra/cluster/kubeconfig.ts'
import type { ClusterOutputs } from '../../infra/cluster/outputs.ts'
import { ownTokenCommand } from '../../infra/cluster/token-command.ts'
import { clusterStack, stackName } from '../../infra/names.ts'

/** Where this machine has the kubeconfig of a green that we built. It is written where it is not there or says something else. */
export type ProvideKubeconfig = (migration: string, region: string, outputs: ClusterOutputs) => string

/** The same path for the life of a migration. */
export const kubeconfigPath = (stacks: string, migration: string): string =>
  join(stacks, stackName(migration, clusterStack), 'green.kubeconfig')

/** No secret is in them: tokens are made when they are needed, by a command of this machine's. */
export const kubeconfigsIn =
  (stacks: string, awsEndpoint: string | undefined): ProvideKubeconfig =>
  (migration, region, { clusterName: name, endpoint, certificateAuthority }) => {
    const command = ownTokenCommand({ cluster: name, region, ...(awsEndpoint ? { endpoint: awsEndpoint } : {}) })
    const text = kubeconfig({ name, endpoint, certificateAuthority }, command)
    const path = kubeconfigPath(stacks, migration)
    if (textOf(path) !== text) replace(path, text)
    return path
  }

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** In one step, so that whoever reads it has the old one or the new one. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const partial = `${path}.${process.pid}.tmp`
  writeFileSync(partial, text, { mode: 0o600 })
  renameSync(partial, path)
}
