/** The estate whose one dataset lies in the mock's two buckets; its endpoint is the mock. */
export function benchEstate(endpoint: string): string {
  return `version: 1
organization: { id: o-bench12345, managementAccount: management }
accounts:
  workload: { id: "111111111111", roles: { drill: "arn:aws:iam::111111111111:role/drill", operator: "arn:aws:iam::111111111111:role/operator" } }
  recovery:
    id: "222222222222"
    roles: { drill: "arn:aws:iam::222222222222:role/drill", operator: "arn:aws:iam::222222222222:role/operator", sync: "arn:aws:iam::222222222222:role/sync" }
  management: { id: "333333333333" }
environments:
  bench:
    account: workload
    recoveryAccount: recovery
    primaryRegion: eu-central-1
    recoveryRegion: eu-west-1
    endpoint: ${endpoint}
    scratch: { bucket: bench-scratch, prefix: dr/ }
    objectives: { rtoKey: 4h, rtoData: 4h, rpo: 24h }
    keys:
      main:
        alias: alias/main
        multiRegion: true
        replicas: [eu-west-1]
        policy: guarded
        recovery: { alias: alias/main-recovery, regions: [eu-west-1] }
    datasets:
      logs:
        kind: tempo
        bucket: src
        prefix: data/
        key: main
        recoveryBucket: dst
        users: ["arn:aws:iam::111111111111:role/writer"]
        priority: 1
`
}
