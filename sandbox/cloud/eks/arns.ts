import { randomUUID } from 'node:crypto'
import type { World } from '../world.ts'

const prefix = (world: World): string => `arn:aws:eks:${world.region}:${world.accountId}`

export const clusterArn = (world: World, name: string): string => `${prefix(world)}:cluster/${name}`

/** `arn:aws:eks:…:nodegroup/<cluster>/<name>/<uuid>`; add-ons alike. */
export const partArn = (world: World, kind: 'nodegroup' | 'addon', cluster: string, name: string): string =>
  `${prefix(world)}:${kind}/${cluster}/${name}/${randomUUID()}`

/** `arn:aws:eks:…:access-entry/<cluster>/role/<account>/<name>/<uuid>` */
export function accessEntryArn(world: World, cluster: string, principalArn: string): string {
  const [, , , , account, resource = ''] = principalArn.split(':')
  const [kind = '', ...path] = resource.split('/')
  return `${prefix(world)}:access-entry/${cluster}/${kind}/${account}/${path.at(-1)}/${randomUUID()}`
}

export const accessPolicyArn = (name: string): string => `arn:aws:eks::aws:cluster-access-policy/${name}`
