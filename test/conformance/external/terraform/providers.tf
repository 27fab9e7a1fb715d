# What `dr sandbox up` must be able to serve: see ./run and ../terraform.test.ts.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60, < 7.0"
    }
  }
}

variable "endpoint" {
  type        = string
  description = "where the sandbox listens, such as http://127.0.0.1:4599"
}

variable "credentials" {
  type        = map(object({ access_key = string, secret_key = string }))
  description = "administrators of the sandbox's accounts: workload and management"
}

variable "generation" {
  type        = number
  default     = 1
  description = "2 changes what can be changed in place, so that the updates are tested too"
}

locals {
  changed = var.generation > 1
  # One tag stays, one changes, one goes.
  tags = merge({ team = "storage", generation = tostring(var.generation) }, local.changed ? {} : { first = "yes" })
}

provider "aws" {
  region                  = "eu-central-1"
  access_key              = var.credentials["workload"].access_key
  secret_key              = var.credentials["workload"].secret_key
  s3_use_path_style       = true
  skip_metadata_api_check = true
  max_retries             = 2
  endpoints {
    iam       = var.endpoint
    kms       = var.endpoint
    s3        = var.endpoint
    s3control = replace(var.endpoint, "127.0.0.1", "localhost")
    sts       = var.endpoint
  }
}

provider "aws" {
  alias                   = "second_region"
  region                  = "eu-west-1"
  access_key              = var.credentials["workload"].access_key
  secret_key              = var.credentials["workload"].secret_key
  skip_metadata_api_check = true
  max_retries             = 2
  endpoints {
    kms = var.endpoint
    sts = var.endpoint
  }
}

provider "aws" {
  alias                   = "management"
  region                  = "eu-central-1"
  access_key              = var.credentials["management"].access_key
  secret_key              = var.credentials["management"].secret_key
  skip_metadata_api_check = true
  max_retries             = 2
  endpoints {
    iam           = var.endpoint
    organizations = var.endpoint
    sts           = var.endpoint
  }
}

data "aws_caller_identity" "workload" {}
