# careful.tf with what decides left open: `sure` and `text` are known after the apply.
resource "terraform_data" "later" {
  input = timestamp()
}

locals {
  sure = terraform_data.later.id == ""
  text = terraform_data.later.id
  days = length(terraform_data.later.id)
}

resource "aws_iam_policy" "read" {
  policy = format("%s", local.sure ? "{}" : jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] }))
}

resource "aws_iam_role_policy" "read" {
  role   = aws_iam_role.worker.name
  policy = format("%s", local.sure ? "{}" : jsonencode({ Version = "2012-10-17", Statement = { Effect = "Deny", Action = "*", Resource = "*" } }))
}

resource "aws_iam_policy_attachment" "staff" {
  name       = "staff"
  groups     = ["staff"]
  users      = toset(split(".", local.text))
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_iam_role" "worker" {
  assume_role_policy = format("%s", local.sure ? "{}" : jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } },
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" }, Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-1" } } },
    ]
  }))
}

resource "aws_iam_account_password_policy" "long" {
  minimum_password_length   = local.days
  password_reuse_prevention = local.days
}

resource "aws_kms_key" "data" {
  bypass_policy_lockout_safety_check = local.sure
  enable_key_rotation                = local.sure
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_cloudtrail" "audit" {
  name                       = "audit"
  s3_bucket_name             = "audit-logs"
  is_multi_region_trail      = local.sure
  enable_log_file_validation = local.sure
  kms_key_id                 = local.text
}

resource "aws_lb" "web" {
  name                       = "web"
  subnets                    = ["subnet-1", "subnet-2"]
  enable_deletion_protection = local.sure
  drop_invalid_header_fields = local.sure
  access_logs {
    bucket  = "logs"
    enabled = local.sure
  }
}

resource "aws_elb" "classic" {
  name               = "classic"
  availability_zones = ["eu-west-1a"]
  access_logs {
    bucket = "logs"
  }
  listener {
    instance_port      = 80
    instance_protocol  = "http"
    lb_port            = 443
    lb_protocol        = "https"
    ssl_certificate_id = "arn:aws:acm:eu-west-1:123456789012:certificate/0"
  }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = local.text
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "tls" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = local.text
  certificate_arn   = "arn:aws:acm:eu-west-1:123456789012:certificate/0"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_s3_bucket" "data" {
  bucket = "shop-data"
}

resource "aws_s3_bucket_acl" "data" {
  bucket = aws_s3_bucket.data.id
  acl    = local.text
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = local.sure
  block_public_policy     = local.sure
  ignore_public_acls      = local.sure
  restrict_public_buckets = local.sure
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.text
      kms_master_key_id = local.text
    }
  }
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = local.text
  }
}

resource "aws_s3_bucket_logging" "data" {
  bucket        = aws_s3_bucket.data.id
  target_bucket = local.text
  target_prefix = "data/"
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = format("%s", local.sure ? "{}" : jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::shop-data", "arn:aws:s3:::shop-data/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  }))
}

resource "aws_instance" "web" {
  ami                         = "ami-12345678"
  instance_type               = "t3.micro"
  associate_public_ip_address = local.sure
  monitoring                  = local.sure
  metadata_options {
    http_tokens = local.text
  }
  root_block_device {
    encrypted = local.sure
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 8
    encrypted   = local.sure
  }
}

resource "aws_launch_template" "web" {
  image_id = "ami-12345678"
  network_interfaces {
    associate_public_ip_address = local.sure
  }
  metadata_options {
    http_tokens = local.text
  }
}

resource "aws_lambda_function" "work" {
  function_name = "work"
  role          = aws_iam_role.worker.arn
  filename      = "old.zip"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  tracing_config {
    mode = local.text
  }

}

resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.work.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = local.text
}

resource "aws_ecr_repository" "images" {
  name                 = "images"
  image_tag_mutability = local.text
  image_scanning_configuration {
    scan_on_push = local.sure
  }
}

resource "aws_eks_cluster" "closed" {
  name                      = "closed"
  role_arn                  = aws_iam_role.worker.arn
  enabled_cluster_log_types = toset([local.text])
  vpc_config {
    subnet_ids              = ["subnet-1", "subnet-2"]
    endpoint_private_access = true
    endpoint_public_access  = local.sure
  }
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.data.arn
    }
  }
}

resource "aws_eks_cluster" "narrow" {
  name                      = "narrow"
  role_arn                  = aws_iam_role.worker.arn
  enabled_cluster_log_types = toset([local.text])
  vpc_config {
    subnet_ids          = ["subnet-1", "subnet-2"]
    public_access_cidrs = [local.text]
  }
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = "arn:aws:kms:eu-west-1:123456789012:key/0"
    }
  }
}

resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = format("%s", local.sure ? "{}" : jsonencode([{ name = "web", image = "web:1", memory = 64 }]))
}

resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = local.sure
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = local.sure
  }
  server_side_encryption {
    enabled     = local.sure
    kms_key_arn = aws_kms_key.data.arn
  }
}

resource "aws_redshift_cluster" "sales" {
  cluster_identifier                  = "sales"
  node_type                           = "ra3.large"
  master_username                     = "owner"
  manage_master_password              = true
  encrypted                           = local.sure
  publicly_accessible                 = local.sure
  automated_snapshot_retention_period = local.days
}

resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"
  encrypt_at_rest {
    enabled = local.sure
  }
  node_to_node_encryption {
    enabled = local.sure
  }
  vpc_options {
    subnet_ids = ["subnet-1"]
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions"
  description                = "sessions"
  node_type                  = "cache.t3.small"
  at_rest_encryption_enabled = local.sure
  transit_encryption_enabled = local.sure
}

resource "aws_docdb_cluster" "docs" {
  cluster_identifier  = "docs"
  master_username     = "owner"
  master_password     = "Secret123"
  storage_encrypted   = local.sure
  skip_final_snapshot = true
}

resource "aws_neptune_cluster" "graph" {
  cluster_identifier  = "graph"
  storage_encrypted   = local.sure
  skip_final_snapshot = true
}

resource "aws_cloudfront_distribution" "site" {
  enabled    = true
  web_acl_id = local.text
  logging_config {
    bucket = "logs.s3.amazonaws.com"
  }
  origin {
    domain_name = "shop-data.s3.eu-west-1.amazonaws.com"
    origin_id   = "site"
  }
  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = local.text
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    acm_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/0"
    minimum_protocol_version = local.text
    ssl_support_method       = "sni-only"
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = "abcdef"
  deployment_id = "abc123"
  stage_name    = "live"
  access_log_settings {
    destination_arn = local.text
    format          = "$context.requestId"
  }
}

resource "aws_apigatewayv2_stage" "live" {
  api_id = "abcdef"
  name   = "live"
  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:api"
    format          = "$context.requestId"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = "abcdef"
  stage_name  = "live"
  method_path = "*/*"
  settings {
    caching_enabled      = true
    cache_data_encrypted = local.sure
  }
}

resource "aws_secretsmanager_secret" "password" {
  name = "password"
}

resource "aws_secretsmanager_secret_rotation" "password" {
  secret_id           = local.text
  rotation_lambda_arn = aws_lambda_function.work.arn
  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_sqs_queue" "dropped" {
  name = "dropped"
}

resource "aws_sqs_queue" "jobs" {
  name                    = "jobs"
  sqs_managed_sse_enabled = local.sure
  policy = format("%s", local.sure ? "{}" : jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:SendMessage"
      Resource  = "*"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:123456789012:news" } }
    }]
  }))
}

resource "aws_sns_topic" "news" {
  name              = "news"
  kms_master_key_id = local.text
}

resource "aws_sns_topic_policy" "news" {
  arn = aws_sns_topic.news.arn
  policy = format("%s", local.sure ? "{}" : jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "123456789012" }, Action = "sns:Publish", Resource = "*" }]
  }))
}

resource "aws_kinesis_stream" "clicks" {
  name            = "clicks"
  shard_count     = 1
  encryption_type = local.text
  kms_key_id      = local.text
}

resource "aws_cloudwatch_log_group" "year" {
  name              = "year"
  retention_in_days = local.days
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_flow_log" "main" {
  vpc_id               = local.text
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = aws_s3_bucket.data.arn
}

resource "aws_subnet" "private" {
  map_public_ip_on_launch = local.sure
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.0.0/24"
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [local.text]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [local.text]
  }
}

resource "aws_security_group_rule" "out" {
  security_group_id = "sg-1"
  type              = "egress"
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = "sg-1"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = local.text
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id            = "sg-1"
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
  referenced_security_group_id = "sg-2"
}

resource "aws_db_instance" "main" {
  publicly_accessible                 = local.sure
  auto_minor_version_upgrade          = local.sure
  engine                              = "postgres"
  instance_class                      = "db.t3.micro"
  allocated_storage                   = 20
  username                            = "owner"
  password                            = "Secret123"
  storage_encrypted                   = local.sure
  backup_retention_period             = local.days
  multi_az                            = local.sure
  deletion_protection                 = local.sure
  iam_database_authentication_enabled = local.sure
  skip_final_snapshot                 = true
}

resource "aws_rds_cluster" "main" {
  engine                              = "aurora-mysql"
  master_username                     = "owner"
  master_password                     = "Secret123"
  storage_encrypted                   = local.sure
  backup_retention_period             = local.days
  deletion_protection                 = local.sure
  iam_database_authentication_enabled = local.sure
  skip_final_snapshot                 = true
}

resource "aws_rds_cluster_instance" "main" {
  auto_minor_version_upgrade = local.sure
  cluster_identifier         = aws_rds_cluster.main.id
  engine                     = "aurora-mysql"
  instance_class             = "db.r6g.large"
  publicly_accessible        = local.sure
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 8
  encrypted         = local.sure
}

resource "aws_efs_file_system" "shared" {
  encrypted = local.sure
}
