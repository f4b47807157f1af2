import { callerArn } from '../cloud/iam/principal.ts'
import { accessPolicyArn } from '../cloud/eks/arns.ts'
import { hasEntries } from '../cloud/eks/access-entries.ts'
import type { AccessEntryRecord, ClusterRecord } from '../cloud/eks/state.ts'
import type { World } from '../cloud/world.ts'
import type { Access, Identity } from '../kubernetes/server/authorization.ts'

const reads = ['get', 'list', 'watch']

/** What the policies that people give out allow, as far as the sandbox's resources tell them apart. */
const rights: Readonly<Record<string, (access: Access) => boolean>> = {
  AmazonEKSClusterAdminPolicy: () => true,
  AmazonEKSAdminPolicy: isNamespaced,
  AmazonEKSEditPolicy: isNamespaced,
  AmazonEKSAdminViewPolicy: (access) => reads.includes(access.verb),
  AmazonEKSViewPolicy: (access) => isNamespaced(access) && reads.includes(access.verb) && !isSecret(access),
}

function isNamespaced({ resource }: Access): boolean {
  return resource?.namespaced ?? false
}

function isSecret({ resource }: Access): boolean {
  return resource?.group === '' && resource.plural === 'secrets'
}

/** Whom EKS takes a caller of AWS for in a cluster: who made it, or who has an access entry. undefined: nobody. */
export function identityIn(world: World, cluster: ClusterRecord, accessKeyId: string): Identity | undefined {
  const principalArn = callerArn(world, accessKeyId)
  if (hasEntries(cluster)) {
    const entry = cluster.accessEntries.get(principalArn)
    return entry && identityOf(entry, world.iam.sessions.get(accessKeyId)?.sessionName ?? '')
  }
  const { bootstrapClusterCreatorAdminPermissions: bootstrapped } = cluster.about.accessConfig
  return bootstrapped && principalArn === cluster.creator
    ? { username: 'kubernetes-admin', may: () => true }
    : undefined
}

function identityOf({ about, policies }: AccessEntryRecord, sessionName: string): Identity {
  const granted = [...policies.values()].map(({ policyArn = '', accessScope }) => ({
    allows: Object.entries(rights).find(([name]) => accessPolicyArn(name) === policyArn)?.[1] ?? (() => false),
    namespaces: accessScope?.type === 'namespace' ? accessScope.namespaces : undefined,
  }))
  return {
    username: (about.username ?? '').replace('{{SessionName}}', sessionName),
    may: (access) =>
      // Discovery, versions and health are everybody's who is known.
      access.resource === undefined ||
      granted.some(
        ({ allows, namespaces }) => allows(access) && (namespaces?.includes(access.namespace ?? '') ?? true),
      ),
  }
}
