# See before.tf.
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
  availability_zone = "eu-west-1b"
  size              = 8
}
resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = false
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
