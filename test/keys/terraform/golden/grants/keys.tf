# Written by "dr keys export --terraform" for the environment demo.
# Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone.
# Keys, replicas, aliases and grants.

resource "aws_kms_key" "workload_observability" {
  provider                = aws.workload_eu_central_1
  description             = "the $${team}'s key"
  multi_region            = true
  policy                  = local.policy_workload_observability_eu_central_1
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  tags = {
    "cost"    = "50%%{x}"
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "workload"
    "team"    = "storage"
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

resource "aws_kms_grant" "workload_observability_eu_central_1" {
  provider = aws.workload_eu_central_1
  for_each = {
    "asg/loki:1" = {
      "grantee_principal" = "arn:aws:iam::111111111111:role/observability-loki-role"
      "operations"        = ["Decrypt", "DescribeKey"]
    }
  }
  name              = each.key
  key_id            = aws_kms_key.workload_observability.key_id
  grantee_principal = each.value.grantee_principal
  operations        = each.value.operations
}

resource "aws_kms_replica_key" "workload_observability_eu_west_1" {
  provider                = aws.workload_eu_west_1
  primary_key_arn         = aws_kms_key.workload_observability.arn
  description             = "the $${team}'s key"
  policy                  = local.policy_workload_observability_eu_west_1
  deletion_window_in_days = 30
  tags = {
    "cost"    = "50%%{x}"
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "workload"
    "team"    = "storage"
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

resource "aws_kms_grant" "workload_observability_eu_west_1" {
  provider = aws.workload_eu_west_1
  for_each = {
    "asg/loki:1" = {
      "grantee_principal" = "arn:aws:iam::111111111111:role/observability-loki-role"
      "operations"        = ["Decrypt", "DescribeKey"]
    }
  }
  name              = each.key
  key_id            = aws_kms_replica_key.workload_observability_eu_west_1.key_id
  grantee_principal = each.value.grantee_principal
  operations        = each.value.operations
}

resource "aws_kms_key" "recovery_observability" {
  provider                = aws.recovery_eu_west_1
  description             = "the $${team}'s key"
  multi_region            = true
  policy                  = local.policy_recovery_observability_eu_west_1
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  tags = {
    "cost"    = "50%%{x}"
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "recovery"
    "team"    = "storage"
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
  description             = "the $${team}'s key"
  policy                  = local.policy_recovery_observability_eu_central_1
  deletion_window_in_days = 30
  tags = {
    "cost"    = "50%%{x}"
    "dr:env"  = "demo"
    "dr:key"  = "observability"
    "dr:side" = "recovery"
    "team"    = "storage"
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
