# Applied to moto_server; then the parameter `watched` was changed and `reader` deleted
# there by hand. rough.plan.json is the plan of after.tf on that state, calm.plan.json the
# plan of this file with a pinned provider and another value, without a refresh.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  endpoints {
    sqs      = "http://127.0.0.1:5055"
    ec2      = "http://127.0.0.1:5055"
    kms      = "http://127.0.0.1:5055"
    dynamodb = "http://127.0.0.1:5055"
    ssm      = "http://127.0.0.1:5055"
  }
}
resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 8
}
resource "aws_ebs_volume" "gone" {
  availability_zone = "eu-west-1a"
  size              = 8
}
resource "aws_kms_key" "old" {
}
resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true
  attribute {
    name = "id"
    type = "S"
  }
}
resource "aws_ssm_parameter" "watched" {
  name  = "watched"
  type  = "String"
  value = "before"
}
resource "aws_ssm_parameter" "reader" {
  name  = "reader"
  type  = "String"
  value = aws_ssm_parameter.watched.insecure_value == null ? "x" : "y"
}
