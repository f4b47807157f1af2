import { stringify } from 'yaml'

/** A kubeconfig with one cluster, one user with a bearer token, and the context of both. */
export function kubeconfigOf({
  name,
  url,
  ca,
  token,
}: {
  name: string
  url: string
  ca: string
  token: string
}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
    preferences: {},
  })
}
