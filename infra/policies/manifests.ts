import type { ClusterGrant } from './grant.ts'

/** What the manifests are called in a cluster, and the group that they give the rights to. */
export const policyName = 'eks-cutover'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** A role and its binding, as Kubernetes takes them. */
export interface Manifest {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1'
  readonly kind: 'ClusterRole' | 'ClusterRoleBinding' | 'Role' | 'RoleBinding'
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string }
  readonly subjects?: readonly { readonly apiGroup: string; readonly kind: 'Group'; readonly name: string }[]
}

/**
 * For one cluster: a ClusterRole with what is asked for in all namespaces, and a Role in each namespace for the rest, bound to the
 * group `eks-cutover`. [] where nothing is asked for. What every client may that is let in at all (discovery, versions) is not in it.
 */
export function manifestsOf(grants: readonly ClusterGrant[]): readonly Manifest[] {
  const places = Map.groupBy(grants, ({ namespace }) => namespace)
  return [...places].flatMap(([namespace, some]) => roleAndBinding(namespace, rulesOf(some)))
}

function rulesOf(grants: readonly ClusterGrant[]): Rule[] {
  const resources = Map.groupBy(grants, ({ group, resource }) => `${group}/${resource}`)
  return [...resources.values()].map((some) => {
    const [{ group, resource } = { group: '', resource: '' }] = some
    return { apiGroups: [group], resources: [resource], verbs: [...new Set(some.flatMap(({ verbs }) => verbs))].sort() }
  })
}

function roleAndBinding(namespace: string | null, rules: readonly Rule[]): readonly Manifest[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  const apiVersion = `${apiGroup}/v1` as const
  const metadata = { name: policyName, ...(namespace !== null && { namespace }) }
  const kind = namespace === null ? 'ClusterRole' : 'Role'
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name: policyName },
      subjects: [{ apiGroup, kind: 'Group', name: policyName }],
    },
  ]
}
