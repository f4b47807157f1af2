import type { Properties, Value } from '../properties.ts'

export interface KubeconfigOptions {
  readonly cluster: Value
  readonly endpoint: Value
  readonly certificateAuthority: Value
  readonly profile?: Value | undefined
  readonly roleArn?: Value | undefined
}

/** The kubeconfig of a cluster: its tokens come from the AWS CLI. */
export function kubeconfigOf(options: KubeconfigOptions): Properties {
  const { cluster, endpoint, certificateAuthority, profile, roleArn } = options
  const args: Value[] = ['eks', 'get-token', '--cluster-name', cluster, '--output', 'json']
  const info = { name: 'KUBERNETES_EXEC_INFO', value: '{"apiVersion": "client.authentication.k8s.io/v1beta1"}' }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'aws',
    clusters: [
      { name: 'kubernetes', cluster: { server: endpoint, 'certificate-authority-data': certificateAuthority } },
    ],
    contexts: [{ name: 'aws', context: { cluster: 'kubernetes', user: 'aws' } }],
    users: [
      {
        name: 'aws',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'aws',
            args: roleArn === undefined ? args : [...args, '--role', roleArn],
            env: profile === undefined ? [info] : [info, { name: 'AWS_PROFILE', value: profile }],
          },
        },
      },
    ],
  }
}
