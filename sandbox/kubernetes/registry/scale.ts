import { at, fieldsOf, type Fields, type KubernetesObject } from '../object.ts'

/** `autoscaling/v1 Scale`: a workload seen as nothing but its number of pods. */
export function scaleOf({ metadata, spec, status }: KubernetesObject): Fields {
  const labels = Object.entries(fieldsOf(at(spec, 'selector', 'matchLabels')))
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
    },
    spec: { replicas: at(spec, 'replicas') },
    status: {
      replicas: at(status, 'replicas') ?? 0,
      selector: labels.map(([name, value]) => `${name}=${String(value)}`).join(','),
    },
  }
}

/** The workload with the number of pods that a Scale asks for. */
export function scaled(live: KubernetesObject, scale: Fields): Fields {
  const { resourceVersion } = fieldsOf(scale.metadata)
  return {
    ...live,
    metadata: { ...live.metadata, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: { ...fieldsOf(live.spec), replicas: at(scale.spec, 'replicas') },
  }
}
