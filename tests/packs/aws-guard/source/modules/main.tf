# Buckets and what guards them in modules of their own, with count and for_each.
# What is `good` has everything, what is `bad` lacks all of it.
module "good" {
  source = "./store"
  name   = "shop-good"
}

module "good_guard" {
  source = "./guard"
  bucket = module.good.bucket
}

module "bad" {
  source = "./store"
  name   = "shop-bad"
}

resource "aws_s3_bucket" "each_good" {
  for_each = toset(["a", "b"])
  bucket   = "shop-${each.key}"
}

module "each_guard" {
  for_each = aws_s3_bucket.each_good
  source   = "./guard"
  bucket   = each.value.id
}

resource "aws_s3_bucket" "count_good" {
  count = 2
}

module "count_guard" {
  count  = 2
  source = "./guard"
  bucket = aws_s3_bucket.count_good[count.index].id
}

resource "aws_s3_bucket" "some_bad" {
  for_each = toset(["good", "bad"])
}

module "one_guard" {
  source = "./guard"
  bucket = aws_s3_bucket.some_bad["good"].id
}

# To be written to is not to write.
resource "aws_s3_bucket" "target_bad" {
  bucket = "shop-logs"
}

resource "aws_s3_bucket_logging" "of_good" {
  bucket        = module.good.bucket
  target_bucket = aws_s3_bucket.target_bad.id
  target_prefix = "good/"
}

# Which one it is nobody knows.
variable "first" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "either" {
}

resource "aws_s3_bucket" "or" {
}

resource "aws_s3_bucket_versioning" "either" {
  bucket = var.first ? aws_s3_bucket.either.id : aws_s3_bucket.or.id
  versioning_configuration {
    status = "Enabled"
  }
}

# Through a local, which a plan does not show.
resource "aws_s3_bucket" "local" {
}

locals {
  bucket = aws_s3_bucket.local.id
}

resource "aws_s3_bucket_public_access_block" "local" {
  bucket                  = local.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
