/** The commented file that `dr config init` writes. It validates as it stands; the accounts and names are examples. */
// oxlint-disable-next-line dr/no-arn-literal -- what a person would type into the file
export const EXAMPLE_CONFIG = `# yaml-language-server: $schema=./node_modules/kms-dr/schemas/dr-yaml.schema.json
#
# dr.yaml: the estate that \`dr\` keeps recoverable. Check it with: dr config validate
version: 1

# Every account by a name of your own. Quote ids: an unquoted 012345678901 loses its zero.
# roles.drill is the role that drills assume in that account; nothing else is ever assumed by a drill.
# roles.operator keeps the keys in order, roles.breakGlass alone may disable, delete or re-policy them.
# \`dr policy render\` writes the policies of all of them.
accounts:
  workload-prod:
    id: "111111111111"
    roles:
      drill: arn:aws:iam::111111111111:role/dr-drill
      operator: arn:aws:iam::111111111111:role/key-operator
      breakGlass: arn:aws:iam::111111111111:role/break-glass
  recovery:
    id: "222222222222"
    roles:
      drill: arn:aws:iam::222222222222:role/dr-recovery
      operator: arn:aws:iam::222222222222:role/key-operator
      breakGlass: arn:aws:iam::222222222222:role/break-glass
    externalId: change-me            # what the role's trust policy expects in sts:ExternalId

# How long recovery may take. rtoKey: until keys work and the first data reads. rtoData: until all data is back.
objectives: { rtoKey: 4h, rtoData: 4h, rpo: 24h, proofMaxAge: 35d }

environments:
  prod:
    account: workload-prod
    recoveryAccount: recovery        # must be another account: its loss must not take the copies along
    primaryRegion: eu-central-1
    recoveryRegion: eu-west-1        # must be another Region
    # Where drills put the copies that they make and delete again: in the recovery account and Region.
    scratch: { bucket: example-dr-scratch, prefix: dr-drill/ }

    keys:
      observability:
        alias: alias/observability-prod
        multiRegion: true
        replicas: [eu-west-1]          # same account, other Regions: KMS knows no replica in another account
        rotation: { periodDays: 365 }
        policy: guarded              # or seed-default: the policy document's own template, which locks drills out
        users:
          - arn:aws:iam::111111111111:role/observability-loki-role
          - arn:aws:iam::111111111111:role/observability-mimir-role
          - arn:aws:iam::111111111111:role/observability-tempo-role
        # The backup key: an independent key in the recovery account. It opens only what was copied under it before.
        recovery: { alias: alias/observability-prod-recovery, regions: [eu-west-1, eu-central-1] }

    datasets:
      tfstate:
        kind: tfstate
        bucket: example-tfstate
        key: observability
        recoveryBucket: example-tfstate-recovery
        priority: 1                    # restored first
      loki:
        kind: loki
        bucket: example-loki
        key: observability
        recoveryBucket: example-loki-recovery
        priority: 2
        users: [arn:aws:iam::111111111111:role/observability-loki-role]   # bound to this bucket by the key policy
        hotSet: { newest: 24h }        # what must read again before RTO-K stops
      mimir:
        kind: mimir
        bucket: example-mimir
        key: observability
        recoveryBucket: example-mimir-recovery
        priority: 3
        users: [arn:aws:iam::111111111111:role/observability-mimir-role]
      tempo:
        kind: tempo
        bucket: example-tempo
        key: observability
        recoveryBucket: example-tempo-recovery
        priority: 4
        users: [arn:aws:iam::111111111111:role/observability-tempo-role]

    drills:
      - { drill: terraform-state, cron: "17 2 * * *", timezone: UTC, grace: 6h }
      - { drill: loki-sample, cron: "27 2 * * 1", timezone: UTC, grace: 6h }
      - { drill: primary-key-disabled, cron: "17 3 1 * *", timezone: UTC, grace: 24h }
`
