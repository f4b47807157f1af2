import { parsePath, type PropertyPath } from '../property-path.ts'
import { kindOf } from './kinds.ts'
import type { KubernetesObject } from './objects.ts'

const selector = ['spec.selector']
const job = ['spec.completions', 'spec.parallelism', 'spec.selector', 'spec.template']

/** Fields that the API server lets no one change, so that a change needs a new object; from the official provider. */
const byKind: Readonly<Record<string, readonly string[]>> = {
  'apps/v1/DaemonSet': selector,
  'apps/v1/Deployment': selector,
  'apps/v1/StatefulSet': [
    'spec.podManagementPolicy',
    'spec.revisionHistoryLimit',
    'spec.selector',
    'spec.serviceName',
    'spec.volumeClaimTemplates',
  ],
  'batch/v1/Job': job,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': ['roleRef'],
  'rbac.authorization.k8s.io/v1/RoleBinding': ['roleRef'],
  'storage.k8s.io/v1/StorageClass': ['parameters', 'provisioner'],
  'v1/PersistentVolumeClaim': ['spec.accessModes', 'spec.selector', 'spec.storageClassName', 'spec.volumeName'],
  'v1/Pod': ['spec'],
  'v1/ResourceQuota': ['spec.scopes'],
  'v1/Service': ['spec.clusterIP'],
}

/** Name and namespace are an object's identity. ConfigMaps and Secrets count as immutable unless the provider says otherwise. */
export function replacingFields(
  object: KubernetesObject,
  mutable: { configMaps: boolean; secrets: boolean },
): PropertyPath[] {
  const { apiVersion, kind } = kindOf(object)
  const key = `${apiVersion}/${kind}`
  const fields = ['metadata.name', 'metadata.namespace', 'apiVersion', 'kind', ...(byKind[key] ?? [])]
  if (key === 'v1/ConfigMap' && (!mutable.configMaps || object.immutable === true)) fields.push('binaryData', 'data')
  if (key === 'v1/Secret') {
    fields.push('type')
    if (!mutable.secrets || object.immutable === true) fields.push('stringData', 'data')
  }
  return fields.map(parsePath)
}
