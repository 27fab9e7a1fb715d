# The sandbox begins with an organisation: it is adopted, and given back before everything is destroyed (see ./run).
variable "organization" {
  type    = string
  default = "o-sandbox1234"
}

import {
  to = aws_organizations_organization.this
  id = var.organization
}

resource "aws_organizations_organization" "this" {
  provider             = aws.management
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "guard" {
  provider    = aws.management
  name        = "terraform-guard"
  description = "generation ${var.generation}"
  type        = "SERVICE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "KeepMaterial"
      Effect   = "Deny"
      Action   = local.changed ? ["kms:DeleteImportedKeyMaterial", "kms:RetireGrant"] : ["kms:DeleteImportedKeyMaterial"]
      Resource = "*"
    }]
  })
  tags       = local.tags
  depends_on = [aws_organizations_organization.this]
}

resource "aws_organizations_policy_attachment" "guard" {
  provider  = aws.management
  policy_id = aws_organizations_policy.guard.id
  target_id = data.aws_caller_identity.workload.account_id
}
