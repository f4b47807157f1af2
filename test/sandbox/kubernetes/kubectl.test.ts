import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasKubectl, kubectlFor, startTestCluster, workload, type Kubectl, type TestCluster } from './fixture.ts'

const manifests = (options = {}) =>
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, ...workload('search', options)]
    .map((object) => stringify(object))
    .join('---\n')

/** The versions between which what kubectl does changes: validation by itself, by v3 documents, by the server. */
describe.runIf(hasKubectl).each(['1.21', '1.24', '1.29'])('kubectl on %s', (version) => {
  let it: TestCluster
  let kubectl: Kubectl
  beforeAll(async () => {
    it = await startTestCluster({ version })
    kubectl = await kubectlFor(it.cluster)
  })
  afterAll(async () => {
    await kubectl.remove()
    await it.stop()
  })

  test('applies, again without a change, and waits for the rollout', async () => {
    expect(await kubectl.run('apply -f -', manifests())).toBe(
      'namespace/shop created\ndeployment.apps/search created\nservice/search created\n',
    )
    expect(await kubectl.run('rollout status deployment/search -n shop --timeout=20s')).toContain(
      'successfully rolled out',
    )
    expect(await kubectl.run('apply -f -', manifests())).toBe(
      'namespace/shop unchanged\ndeployment.apps/search unchanged\nservice/search unchanged\n',
    )
    expect(await kubectl.run('diff -f -', manifests())).toBe('')
  })

  test('shows tables, YAML and descriptions', async () => {
    const table = await kubectl.run('get deployments,pods,services,endpoints -n shop -o wide')
    expect(table).toMatch(/deployment\.apps\/search\s+2\/2\s+2\s+2\s/)
    expect(table).toMatch(/pod\/search-\S+\s+1\/1\s+Running\s+0\s/)
    expect(table).toMatch(/endpoints\/search\s+10\.0\.6\S+:8080,10\.0\.6\S+:8080/)
    expect(await kubectl.run('get service search -n shop -o jsonpath={.spec.ports[0].targetPort}')).toBe('http')
    expect(await kubectl.run('get pods -A -o name')).toMatch(/^(pod\/search-\S+\n){2}$/)
    expect(await kubectl.run('get nodes')).toMatch(/^NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION\n(ip-\S+\s+Ready\s.*\n){2}$/)
    const described = await kubectl.run('describe deployment search -n shop')
    expect(described).toMatch(/Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available/)
    expect(described).toContain('Scaled up replica set')
  })

  test('labels, patches, scales and edits in every way', async () => {
    await kubectl.run('label deployment search -n shop team=a')
    expect(await kubectl.run('get deployments -n shop -l team=a -o name')).toBe('deployment.apps/search\n')
    await kubectl.run('annotate deployment search -n shop note=x')
    await kubectl.run('scale deployment search -n shop --replicas=3')
    await kubectl.run('patch deployment search -n shop -p {"spec":{"minReadySeconds":0,"replicas":1}}')
    await kubectl.run(
      'patch deployment search -n shop --type=json -p [{"op":"remove","path":"/metadata/annotations/note"}]',
    )
    await kubectl.run('set image deployment/search -n shop search=search:2.0')
    expect(await kubectl.run('rollout status deployment/search -n shop --timeout=20s')).toContain(
      'successfully rolled out',
    )
    expect(await kubectl.run('rollout history deployment/search -n shop')).toMatch(/1\s+<none>\n2\s+<none>/)
    await kubectl.run('rollout undo deployment/search -n shop')
    await kubectl.run('wait --for=condition=Available deployment/search -n shop --timeout=20s')
    expect(
      await kubectl.run('get deployment search -n shop -o jsonpath={.spec.template.spec.containers[0].image}'),
    ).toBe('search:1.0')
  })

  test('applies on the server, and says with whom it is in conflict', async () => {
    expect(await kubectl.run('apply --server-side --force-conflicts -f -', manifests())).toContain(
      'deployment.apps/search serverside-applied',
    )
    const refusal = await kubectl.refusal('apply --server-side --field-manager=other -f -', manifests({ replicas: 5 }))
    expect(refusal).toContain('conflict with "kubectl": .spec.replicas')
  })

  test('creates by command', async () => {
    await kubectl.run('create namespace made')
    await kubectl.run('create deployment web --image=web:1 --replicas=1 --port=8080 -n made')
    await kubectl.run('create configmap c --from-literal=a=b -n made')
    await kubectl.run('create secret generic s --from-literal=a=b -n made')
    await kubectl.run('create serviceaccount robot -n made')
    await kubectl.run('expose deployment web -n made --port=80 --target-port=8080')
    await kubectl.run('run single --image=single:1 -n made')
    expect(await kubectl.run('get secret s -n made -o jsonpath={.data.a}')).toBe('Yg==')
    await kubectl.run('rollout status deployment/web -n made --timeout=20s')
    expect(await kubectl.run('get endpoints web -n made')).toMatch(/web\s+10\.0\.6\S+:8080/)
  })

  test('is refused in words that a person understands', async () => {
    expect(await kubectl.refusal('get pod nothing -n shop')).toBe(
      'Error from server (NotFound): pods "nothing" not found\n',
    )
    expect(await kubectl.refusal('create namespace made')).toContain(
      '(AlreadyExists): namespaces "made" already exists',
    )
    const binding = {
      apiVersion: 'elbv2.k8s.aws/v1beta1',
      kind: 'TargetGroupBinding',
      metadata: { name: 'x' },
      spec: {},
    }
    expect(await kubectl.refusal('apply -f -', stringify(binding))).toContain(
      'no matches for kind "TargetGroupBinding" in version "elbv2.k8s.aws/v1beta1"\nensure CRDs are installed first',
    )
    expect(await kubectl.refusal('delete namespace default')).toContain('this namespace may not be deleted')
  })

  test('points out a field that does not exist, except on 1.23 and 1.24, which ignore what a new kubectl asks', async () => {
    const misspelt = manifests().replace('replicas:', 'replcas:')
    if (version === '1.24')
      expect(await kubectl.run('apply -f -', misspelt)).toContain('deployment.apps/search configured')
    else expect(await kubectl.refusal('apply -f -', misspelt)).toMatch(/unknown field "(spec\.)?replcas"/)
  })

  test('deletes, and waits until what it deleted is gone', async () => {
    await kubectl.run('delete deployment search -n shop')
    await kubectl.run('delete namespace shop made --timeout=20s')
    expect(await kubectl.run('get namespaces -o name')).not.toMatch(/shop|made/)
  })
})
