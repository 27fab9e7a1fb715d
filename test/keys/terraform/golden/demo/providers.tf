# Written by "dr keys export --terraform" for the environment demo.
# Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone.
# A provider for each account and Region.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.59"
    }
  }
}

variable "assume_role_workload" {
  description = "Who Terraform becomes in account 111111111111 (workload); null = the identity it runs as. An import reads; tags, aliases and rotation need the operator, new keys and policies break-glass with its tag dr-plan."
  type = object({
    role_arn        = string
    external_id     = optional(string)
    source_identity = optional(string)
    tags            = optional(map(string))
  })
  default = null
}

variable "assume_role_recovery" {
  description = "Who Terraform becomes in account 222222222222 (recovery); null = the identity it runs as. An import reads; tags, aliases and rotation need the operator, new keys and policies break-glass with its tag dr-plan."
  type = object({
    role_arn        = string
    external_id     = optional(string)
    source_identity = optional(string)
    tags            = optional(map(string))
  })
  default = null
}

provider "aws" {
  alias               = "workload_eu_central_1"
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]

  dynamic "assume_role" {
    for_each = var.assume_role_workload == null ? [] : [var.assume_role_workload]
    content {
      role_arn        = assume_role.value.role_arn
      external_id     = assume_role.value.external_id
      source_identity = assume_role.value.source_identity
      tags            = assume_role.value.tags
    }
  }

  endpoints {
    iam = "http://127.0.0.1:4599"
    kms = "http://127.0.0.1:4599"
    sts = "http://127.0.0.1:4599"
  }
}

provider "aws" {
  alias               = "workload_eu_west_1"
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]

  dynamic "assume_role" {
    for_each = var.assume_role_workload == null ? [] : [var.assume_role_workload]
    content {
      role_arn        = assume_role.value.role_arn
      external_id     = assume_role.value.external_id
      source_identity = assume_role.value.source_identity
      tags            = assume_role.value.tags
    }
  }

  endpoints {
    iam = "http://127.0.0.1:4599"
    kms = "http://127.0.0.1:4599"
    sts = "http://127.0.0.1:4599"
  }
}

provider "aws" {
  alias               = "recovery_eu_west_1"
  region              = "eu-west-1"
  allowed_account_ids = ["222222222222"]

  dynamic "assume_role" {
    for_each = var.assume_role_recovery == null ? [] : [var.assume_role_recovery]
    content {
      role_arn        = assume_role.value.role_arn
      external_id     = assume_role.value.external_id
      source_identity = assume_role.value.source_identity
      tags            = assume_role.value.tags
    }
  }

  endpoints {
    iam = "http://127.0.0.1:4599"
    kms = "http://127.0.0.1:4599"
    sts = "http://127.0.0.1:4599"
  }
}

provider "aws" {
  alias               = "recovery_eu_central_1"
  region              = "eu-central-1"
  allowed_account_ids = ["222222222222"]

  dynamic "assume_role" {
    for_each = var.assume_role_recovery == null ? [] : [var.assume_role_recovery]
    content {
      role_arn        = assume_role.value.role_arn
      external_id     = assume_role.value.external_id
      source_identity = assume_role.value.source_identity
      tags            = assume_role.value.tags
    }
  }

  endpoints {
    iam = "http://127.0.0.1:4599"
    kms = "http://127.0.0.1:4599"
    sts = "http://127.0.0.1:4599"
  }
}
