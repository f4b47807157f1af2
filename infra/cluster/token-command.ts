/**
 * What a kubeconfig of ours runs for a token: `node token-command.ts --cluster NAME --region REGION [--endpoint URL]` prints an
 * ExecCredential. As `aws eks get-token`, for machines that have Node and no AWS CLI.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { TokenCommand } from './kubeconfig.ts'
import { mintToken, type TokenRequest } from './token.ts'

const self = fileURLToPath(import.meta.url)

/** This file as a command, by the Node that runs now. */
export const ownTokenCommand = ({ cluster, region, endpoint }: TokenRequest): TokenCommand => ({
  command: process.execPath,
  args: [self, '--cluster', cluster, '--region', region, ...(endpoint ? ['--endpoint', endpoint] : [])],
})

/** What such a command asks for; null: it is another. */
export function tokenRequestOf({ args: [file, ...args] }: { readonly args: readonly string[] }): TokenRequest | null {
  if (file !== self) return null
  const { values } = parseArgs({
    args,
    options: { cluster: { type: 'string' }, region: { type: 'string' }, endpoint: { type: 'string' } },
  })
  const { cluster, region, endpoint } = values
  if (!cluster || !region) throw new Error('usage: --cluster NAME --region REGION [--endpoint URL]')
  return { cluster, region, ...(endpoint ? { endpoint } : {}) }
}

if (process.argv[1] === self) {
  const request = tokenRequestOf({ args: [self, ...process.argv.slice(2)] })
  if (request) {
    const { token, expiresAt } = await mintToken(request)
    const expirationTimestamp = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z')
    const apiVersion = 'client.authentication.k8s.io/v1beta1'
    const credential = { kind: 'ExecCredential', apiVersion, spec: {}, status: { expirationTimestamp, token } }
    process.stdout.write(`${JSON.stringify(credential)}\n`)
  }
}
