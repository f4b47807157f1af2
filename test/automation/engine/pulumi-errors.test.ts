import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { EngineFailure } from '../../../automation/engine/messages.ts'
import { errorOf, lockHolders } from '../../../automation/engine/pulumi-errors.ts'

/** Texts of CLI 3.259.0, taken from runs on a file backend. */
const command =
  'Command failed with exit code 1: pulumi up --yes --skip-preview --client=127.0.0.1:42999 --exec-kind auto.inline --stack small.search --non-interactive'

const failure = (change: Partial<EngineFailure>): EngineFailure => ({
  message: 'code: -2',
  exitCode: 1,
  stderr: '',
  diagnostics: [],
  ...change,
})

const lockFile = (uuid: string) =>
  `file:///data/pulumi-state/.pulumi/locks/organization/eks-cutover/small.search/${uuid}.json`

const locked = failure({
  stderr: `${command}
error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  ${lockFile('0a1b2c3d-0000-4000-8000-000000000001')}?no_tmp_dir=true: created by ops@build-7 (pid 4242) at 2026-01-02T03:04:05Z
  ${lockFile('86f5d11f-f111-4cb6-a729-49d16d455421')}?no_tmp_dir=true: created by root@${hostname()} (pid 7978) at 2026-11-23T05:49:31Z`,
})

const rule = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/e98f/802c/b162'

const refusedByAws =
  `updating ELBv2 Listener Rule (${rule}): operation error Elastic Load Balancing v2: ModifyRule, https response error StatusCode: 400, ` +
  "RequestID: cd491aec-93fe-428c-b753-7e51e32d8ee4, TargetGroupNotFound: Target groups 'arn:x' not found"

const clusterGone =
  'configured Kubernetes cluster is unreachable: unable to load schema information from the API server: ' +
  'Get "https://127.0.0.1:9/openapi/v2": dial tcp 127.0.0.1:9: connect: connection refused'

describe('a stack that is locked', () => {
  it('has every holder of its locks', () => {
    expect(lockHolders(locked).map(({ pid, host, at }) => [pid, host, at])).toEqual([
      [4242, 'build-7', Date.UTC(2026, 0, 2, 3, 4, 5)],
      [7978, hostname(), Date.UTC(2026, 10, 23, 5, 49, 31)],
    ])
  })

  it('is told with who holds it since when', () => {
    const error = errorOf(locked)
    expect(error.code).toBe('stack-locked')
    expect(error.message).toMatch(/ops@build-7 \(pid 4242\) at 2026-01-02T03:04:05Z/)
    expect(error.details['holders']).toEqual(lockHolders(locked))
  })

  it('is not what another failure is about, whatever its words', () => {
    expect(lockHolders(failure({ stderr: 'created by ops@build-7 (pid 4242) at noon' }))).toEqual([])
  })
})

describe('an error of the engine', () => {
  const codeOf = (...diagnostics: string[]): string => errorOf(failure({ diagnostics })).code

  it('is told as AWS said it when it comes from AWS', () => {
    const error = errorOf(failure({ diagnostics: [`${refusedByAws}\n`, 'update failed\n'] }))
    expect(error.code).toBe('aws-failed')
    expect(error.message).toBe(refusedByAws)
    expect(error.details).toEqual({ exitCode: 1 })
  })

  it.each([
    ['throttling', 'operation error Elastic Load Balancing v2: DescribeRules, api error Throttling: Rate exceeded'],
    ['no permission', 'AccessDenied: User is not authorized to perform: elasticloadbalancing:ModifyRule'],
    ['no connection', 'operation error ELBv2: ModifyRule, Error: connect ECONNREFUSED 127.0.0.1:9'],
    [
      'no connection, in the words of Go',
      'operation error ELBv2: ModifyRule, https response error StatusCode: 0, RequestID: , request send failed, ' +
        'Post "https://elasticloadbalancing.eu-central-1.amazonaws.com/": dial tcp 10.0.0.1:443: connect: connection refused',
    ],
    ['no answer', 'operation error STS: GetCallerIdentity, https response error StatusCode: 0, request send failed'],
  ])('is one of AWS: %s', (_what, text) => expect(codeOf(text)).toBe('aws-failed'))

  it.each([
    ['refused', clusterGone],
    ['refused, in the words of Node', 'GET https://127.0.0.1:9/apis: connect ECONNREFUSED 127.0.0.1:9'],
    ['unreachable', 'configured Kubernetes cluster is unreachable: unable to load Kubernetes client configuration'],
  ])('is one of the cluster: %s', (_what, text) => expect(codeOf(text)).toBe('cluster-unreachable'))

  it.each([
    ["error: no stack named 'omnious.search' found", 'stack-missing'],
    ['error: failed to load checkpoint: place 1: unexpected end of JSON input', 'stack-damaged'],
    ['error: getting snapshot: failed to load checkpoint: place 1: unexpected end of JSON input', 'stack-damaged'],
    ['error: failed to load checkpoint: unsupported checkpoint version 9', 'stack-damaged'],
    ['error: The Pulumi CLI encountered a snapshot integrity error. This is a bug!', 'stack-damaged'],
  ])('is one of the record: %s', (stderr, code) => {
    const error = errorOf(failure({ stderr: `${command}\n${stderr}\n` }))
    expect(error.code).toBe(code)
    expect(error.message).toContain(stderr.replace('error: ', ''))
    expect(error.message).toContain('Restore the record')
  })

  it("is otherwise the engine's own", () => {
    expect(codeOf("no resource named 'urn:pulumi:x' found")).toBe('engine-failed')
  })

  it('without diagnostics is told by the lines that say error', () => {
    const stderr = `${command}\nerror: getting stack configuration: invalid YAML file: yaml: line 1: did not find expected ','\n`
    expect(errorOf(failure({ stderr })).message).toBe(
      "getting stack configuration: invalid YAML file: yaml: line 1: did not find expected ','",
    )
  })

  it('never shows the command line where there is anything else to say', () => {
    const shown = [locked, failure({ stderr: `${command}\n`, diagnostics: [clusterGone] })].map(errorOf)
    for (const { message } of shown) expect(message).not.toMatch(/--yes|--client/)
  })

  it('is told once, on one line, and cut when it is long', () => {
    const long = errorOf(failure({ diagnostics: ['a\n  b', 'a\n  b', 'x'.repeat(5000), 'preview failed'] }))
    expect(long.message.split('\n').map((line) => line.length)).toEqual([3, 2000])
  })

  it('is something even when the engine said nothing', () => {
    expect(errorOf(failure({ message: 'spawn pulumi ENOENT' })).message).toBe('spawn pulumi ENOENT')
  })
})
