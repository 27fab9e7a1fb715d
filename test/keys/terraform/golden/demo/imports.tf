# Written by "dr keys export --terraform" for the environment demo.
# Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone.
# What exists is adopted by its id. Once that was applied, these blocks may go.

import {
  to = aws_kms_key.workload_observability
  id = "mrk-00000000000000000000000000000000"
}

import {
  to = aws_kms_alias.workload_observability_eu_central_1
  id = "alias/observability-demo"
}

import {
  to = aws_kms_replica_key.workload_observability_eu_west_1
  id = "mrk-00000000000000000000000000000000"
}

import {
  to = aws_kms_alias.workload_observability_eu_west_1
  id = "alias/observability-demo"
}

import {
  to = aws_kms_key.recovery_observability
  id = "mrk-11111111111111111111111111111111"
}

import {
  to = aws_kms_alias.recovery_observability_eu_west_1
  id = "alias/observability-demo-recovery"
}

import {
  to = aws_kms_replica_key.recovery_observability_eu_central_1
  id = "mrk-11111111111111111111111111111111"
}

import {
  to = aws_kms_alias.recovery_observability_eu_central_1
  id = "alias/observability-demo-recovery"
}
