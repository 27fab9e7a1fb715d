data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.workload.account_id}:root"]
    }
    dynamic "condition" {
      for_each = local.changed ? ["outside"] : []
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "reader" {
  name                 = "terraform-reader"
  path                 = "/recovery/"
  description          = "generation ${var.generation}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = local.changed ? 7200 : 3600
  tags                 = local.tags
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = local.changed ? ["s3:GetObject", "s3:GetObjectVersion"] : ["s3:GetObject"]
    resources = ["${aws_s3_bucket.data.arn}/*"]
  }
}

resource "aws_iam_role_policy" "reader" {
  name   = "read"
  role   = aws_iam_role.reader.name
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_policy" "list" {
  name        = "terraform-list"
  description = "lists the bucket"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.changed ? ["s3:ListBucket", "s3:ListBucketVersions"] : ["s3:ListBucket"]
      Resource = aws_s3_bucket.data.arn
    }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.list.arn
}
