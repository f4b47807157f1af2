import { targetGroupBindings } from '../kubernetes/reads.ts'
import type { ClusterGrant } from './grant.ts'
import { officialAlone } from './ours.ts'

const { group, plural: resource } = targetGroupBindings

/** Who binds which target group, in the whole of a cluster: that of one namespace says nothing of the others. */
export const readBindings: ClusterGrant = { verbs: ['list'], group, resource, namespace: null }

/** How many pods of the Service are ready. */
export const readEndpoints = (namespace: string): ClusterGrant => ({
  verbs: ['list'],
  group: 'discovery.k8s.io',
  resource: 'endpointslices',
  namespace,
})

/** The node port of the Service. */
export const readService = (namespace: string): ClusterGrant => ({
  verbs: ['get'],
  group: '',
  resource: 'services',
  namespace,
})

/** Green's binding, and only in the Service's own namespace. */
export const keepBinding = (namespace: string): readonly ClusterGrant[] => [
  { verbs: ['create', 'delete', 'get'], group, resource, namespace },
  { verbs: ['list', 'patch', 'watch'], group, resource, namespace, seldom: officialAlone },
]
