import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ownTokenCommand, tokenRequestOf } from '../../../infra/cluster/token-command.ts'
import { mintToken } from '../../../infra/cluster/token.ts'

const request = { cluster: 'shop-green', region: 'eu-central-1' }
const credentials = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG' }
const environment = { ...process.env, ...credentials, AWS_ENDPOINT_URL: '', AWS_SESSION_TOKEN: '' }

const urlOf = (token: string): URL => new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString())

const askFor = (command: string, args: readonly string[]): { apiVersion: string; status: Record<string, string> } =>
  JSON.parse(execFileSync(command, args, { env: environment, encoding: 'utf8' }))

describe('a token', () => {
  it('is signed to the letter as the AWS CLI signs it', async () => {
    const args = ['--region', 'eu-central-1', 'eks', 'get-token', '--cluster-name', 'shop-green', '--output', 'json']
    const theirs = urlOf(askFor('aws', args).status['token'] ?? '')
    const date = theirs.searchParams.get('X-Amz-Date') ?? ''
    const instant = Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
    Object.assign(process.env, credentials, { AWS_SESSION_TOKEN: '' })
    const { token, expiresAt } = await mintToken(request, instant)
    expect(urlOf(token).href).toBe(theirs.href)
    expect(expiresAt - instant).toBe(14 * 60_000)
  })

  it('is printed by our own command as an ExecCredential', () => {
    const { command, args } = ownTokenCommand({ ...request, endpoint: 'http://127.0.0.1:4566' })
    const { apiVersion, status } = askFor(command, args)
    expect(apiVersion).toBe('client.authentication.k8s.io/v1beta1')
    expect(urlOf(status['token'] ?? '').host).toBe('127.0.0.1:4566')
    expect(Date.parse(status['expirationTimestamp'] ?? '')).toBeGreaterThan(Date.now())
  })

  it('is recognised when its command is read back from a kubeconfig', () => {
    const asked = { ...request, endpoint: 'http://127.0.0.1:4566' }
    expect(tokenRequestOf(ownTokenCommand(asked))).toEqual(asked)
    expect(tokenRequestOf({ args: ['eks', 'get-token'] })).toBeNull()
  })
})
