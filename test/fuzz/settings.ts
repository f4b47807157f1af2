import type { Subject } from './subject.ts'

/** How often a parameter of a path is something that is there: names are seldom guessed. */
const knownShare = 0.5

/**
 * What may be answered to a request that the document allows: schemathesis' own statuses, and 422, which says what no schema can: that
 * an Idempotency-Key came with another request before, or that an instant has passed. Of an inventory the same is said with 400, by
 * the same code and with the same pointers as its other faults: that green is blue, that steps do not rise.
 */
const acceptedStatuses = ['2xx', '3xx', '401', '403', '404', '409', '422', '429', '503']

/** What schemathesis is told beside the document, as TOML. Every check is on. */
export function settingsFor({ bearer, known }: Pick<Subject, 'bearer' | 'known'>): string {
  const names = Object.entries(known)
  const lines = [
    // in more than one thread Python 3.11's parser, which hypothesis needs, now and then breaks off
    'workers = 1',
    'request-timeout = 20.0',
    'continue-on-failure = true',
    '',
    '[auth.openapi.bearer]',
    `bearer = ${JSON.stringify(bearer.replace('Bearer ', ''))}`,
    '',
    '[checks]',
    'enabled = true',
    '',
    '[checks.positive_data_acceptance]',
    `expected-statuses = ${JSON.stringify(acceptedStatuses)}`,
    '',
    '[[operations]]',
    'include-method = "PUT"',
    'include-path = "/v1/migrations/{migration}"',
    '[operations.checks.positive_data_acceptance]',
    `expected-statuses = ${JSON.stringify([...acceptedStatuses, '400'])}`,
    ...names.flatMap(([name, values]) => ['', `[dictionaries.${name}]`, `values = ${JSON.stringify(values)}`]),
    '',
    '[parameters]',
    ...names.map(([name]) => `"path.${name}" = { dictionary = "${name}", probability = ${knownShare} }`),
  ]
  return `${lines.join('\n')}\n`
}
