data "fortanix_caller" "this" {
  provider = accounts
}

output "fortanix_allowed_callers" {
  value = [data.fortanix_caller.this.id]
}
