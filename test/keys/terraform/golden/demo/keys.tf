# Written by "dr keys export --terraform" for the environment demo.
# Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone.
# Keys, replicas, aliases and grants.

resource "aws_kms_key" "workload_observability" {
  provider                = aws.workload_eu_central_1
  multi_region            = true
  policy                  = local.policy_workload_observability_eu_central_1
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  tags = {
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "workload"
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [bypass_policy_lockout_safety_check, deletion_window_in_days, is_enabled]
  }
}

resource "aws_kms_alias" "workload_observability_eu_central_1" {
  provider      = aws.workload_eu_central_1
  name          = "alias/observability-demo"
  target_key_id = aws_kms_key.workload_observability.key_id
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_replica_key" "workload_observability_eu_west_1" {
  provider                = aws.workload_eu_west_1
  primary_key_arn         = aws_kms_key.workload_observability.arn
  policy                  = local.policy_workload_observability_eu_west_1
  deletion_window_in_days = 30
  tags = {
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "workload"
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [bypass_policy_lockout_safety_check, deletion_window_in_days, enabled]
  }
}

resource "aws_kms_alias" "workload_observability_eu_west_1" {
  provider      = aws.workload_eu_west_1
  name          = "alias/observability-demo"
  target_key_id = aws_kms_replica_key.workload_observability_eu_west_1.key_id
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "recovery_observability" {
  provider                = aws.recovery_eu_west_1
  multi_region            = true
  policy                  = local.policy_recovery_observability_eu_west_1
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  tags = {
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "recovery"
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [bypass_policy_lockout_safety_check, deletion_window_in_days, is_enabled]
  }
}

resource "aws_kms_alias" "recovery_observability_eu_west_1" {
  provider      = aws.recovery_eu_west_1
  name          = "alias/observability-demo-recovery"
  target_key_id = aws_kms_key.recovery_observability.key_id
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_replica_key" "recovery_observability_eu_central_1" {
  provider                = aws.recovery_eu_central_1
  primary_key_arn         = aws_kms_key.recovery_observability.arn
  policy                  = local.policy_recovery_observability_eu_central_1
  deletion_window_in_days = 30
  tags = {
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "recovery"
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [bypass_policy_lockout_safety_check, deletion_window_in_days, enabled]
  }
}

resource "aws_kms_alias" "recovery_observability_eu_central_1" {
  provider      = aws.recovery_eu_central_1
  name          = "alias/observability-demo-recovery"
  target_key_id = aws_kms_replica_key.recovery_observability_eu_central_1.key_id
  lifecycle {
    prevent_destroy = true
  }
}
