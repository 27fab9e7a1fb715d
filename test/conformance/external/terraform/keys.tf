data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.workload.account_id}:root"]
    }
  }
  statement {
    sid       = "Use"
    actions   = concat(["kms:Decrypt", "kms:GenerateDataKey"], local.changed ? ["kms:DescribeKey"] : [])
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.reader.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.eu-central-1.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "primary" {
  description             = "primary, generation ${var.generation}"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = local.changed ? 180 : 365
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = local.tags
}

# With nothing but the defaults: the policy is then the one that KMS makes.
resource "aws_kms_key" "plain" {
  deletion_window_in_days = 7
  is_enabled              = !local.changed
}

resource "aws_kms_replica_key" "second" {
  provider                = aws.second_region
  description             = "replica, generation ${var.generation}"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = local.tags
}

resource "aws_kms_alias" "primary" {
  name          = "alias/terraform/recovery"
  target_key_id = local.changed ? aws_kms_key.plain.key_id : aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "second" {
  provider      = aws.second_region
  name          = "alias/terraform/recovery"
  target_key_id = aws_kms_replica_key.second.key_id
}

resource "aws_kms_grant" "reader" {
  name              = "reader"
  key_id            = aws_kms_key.primary.key_id
  grantee_principal = aws_iam_role.reader.arn
  operations        = ["Decrypt", "DescribeKey", "GenerateDataKey"]
  constraints {
    encryption_context_subset = { purpose = "terraform" }
  }
}

resource "aws_kms_external_key" "imported" {
  description             = "material from outside, generation ${var.generation}"
  deletion_window_in_days = 7
  enabled                 = true
  # 32 bytes; no secret: this file is public.
  key_material_base64 = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="
  tags                = local.tags
}
