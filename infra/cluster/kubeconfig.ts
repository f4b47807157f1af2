/** How a token for a cluster is had: a program that prints an ExecCredential. */
export interface TokenCommand {
  readonly command: string
  readonly args: readonly string[]
}

interface Place {
  readonly name: string
  readonly endpoint: string
  readonly certificateAuthority: string
}

/** client-go and every client of ours speak it; clients of 1.24 and later no longer take v1alpha1. */
const credentialVersion = 'client.authentication.k8s.io/v1beta1'

/** What people use: the AWS CLI gives the token. */
export const awsTokenCommand = (cluster: string, region: string): TokenCommand => ({
  command: 'aws',
  args: ['--region', region, 'eks', 'get-token', '--cluster-name', cluster, '--output', 'json'],
})

/** A kubeconfig of one cluster, without a secret in it. JSON, which is YAML. */
export function kubeconfig({ name, endpoint, certificateAuthority }: Place, { command, args }: TokenCommand): string {
  const exec = { apiVersion: credentialVersion, command, args, interactiveMode: 'Never' }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: endpoint, 'certificate-authority-data': certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  })
}
